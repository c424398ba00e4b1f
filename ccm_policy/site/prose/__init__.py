"""Sentences from the typed tree, as a person would write them."""
