"""Files to policies: loading, editions and amendments, layers, consolidation."""
