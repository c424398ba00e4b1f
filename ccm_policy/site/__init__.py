"""The documentation site: the loaded library, fee schedules, messages and grammar as plain Markdown pages.

For the command line: `make` (the pages and the site), `build` (where it is put), `serve` (made anew at each edit).
"""
