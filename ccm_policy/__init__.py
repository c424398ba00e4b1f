"""Billing rules of care management as policy files, and their decisions."""

__version__ = "0.1.0"
