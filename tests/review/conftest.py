"""What the tests of reviews share."""

from tests.review.worlds import ccm

__all__ = ["ccm"]
