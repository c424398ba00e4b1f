"""The documentation site: the loaded library, fee schedules, messages and grammar as plain Markdown pages."""
