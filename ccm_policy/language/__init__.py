"""Text to tree: the grammar, the parser, the trees, the checker, the formatter and the messages.

For other folders; the rest is its own:

- `source`, `parser`: a file's bytes, its text, its surface tree
- `syntax`, `tree`: the two trees; `syntax.texts` has the plain words of a clause
- `resolve`: surface tree to typed tree, by its front
- `walk`, `conditions_of`: what a node and what a statement consists of
- `truth`, `values`: what conditions and facts come to
- `format`, `expectations`: trees as text
- `clauses`: which statements there are, with which clauses and words
- `diagnostics`, `report`, `messages`: what is wrong; every code explained
- `nearest`: the names that were meant
"""
