"""All kinds of expression together: what an encoder reads with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ccm_policy.prove import expressions, records
from ccm_policy.prove.encoder import Bound, Encoder, Value

READERS: Mapping[type, Callable[[Any, Encoder, Bound], Value]] = {**expressions.READERS, **records.READERS}
