"""From an export to facts: exports, a mapping, and the report of reading them.

`run` writes the facts tables of exports by a mapping that `read_mapping` reads; `propose` writes a first mapping.
"""
