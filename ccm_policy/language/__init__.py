"""Text to tree: the grammar, the parser, the trees, the checker, the formatter and the messages."""
