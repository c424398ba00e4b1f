"""The vocabulary as JSON Schema and table layouts, and the readers of facts."""
