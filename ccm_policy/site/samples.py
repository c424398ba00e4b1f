"""Records that the Try it page starts from: examples of the library as a person would write their facts."""

from __future__ import annotations

from ccm_policy.site.book import Book


def samples(book: Book) -> list[dict[str, str]]:
    """A few examples as YAML, each with its title."""
    return [{"title": "An empty month", "text": f'patient_id: "0001"\nservice_month: {book.month}\n'}]
