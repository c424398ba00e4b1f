"""The reference interpreter, and the decisions it makes."""
