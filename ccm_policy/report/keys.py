"""Keys of patients and practitioners, hashed for a report that leaves the house.

A key becomes the start of its HMAC-SHA-256 under a secret: one key, one name, in everything that is hashed with one
secret; without the secret nobody can try keys until one fits. Dates of service and what is billed remain.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import b32encode
from collections import ChainMap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from ccm_policy.evaluate.panel_checks import Hours, Who
from ccm_policy.language.diagnostics import CcmPolicyError, Place, error
from ccm_policy.report.words import Decided

SHORTEST = 16
"""Bytes of a secret that cannot be guessed by trying."""
_SHOWN = 10
HASHED = "Keys of patients, practitioners and staff are hashed. Days, services and amounts are as they are."
"""What a page says whose keys are hashed."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What hashes keys. By itself its secret is a fresh one, which nobody keeps."""

    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def of(self, key: str) -> str:
        """What stands in the place of a key: short, the same for the same key."""
        mixed = hmac.digest(self.secret, key.encode("utf-8", "surrogatepass"), "sha256")
        return f"k{b32encode(mixed).decode('ascii')[:_SHOWN].lower()}"

    def decision(self, decision: Decided) -> dict[str, Any]:
        """A decision, opened, without what identifies a person: keys hashed, values of facts and their digest left
        out. What panel checks find names other patients; it must have been found between hashed `hours`."""
        shown: dict[str, Any] = {**decision, **self._names(decision)}
        # a digest of facts that are few can be found by trying
        if "facts" in shown:
            shown["facts"] = {}
        if "provenance" in shown:
            shown["provenance"] = {k: v for k, v in shown["provenance"].items() if k != "facts"}
        services = decision["services"].items()
        shown["services"] = {code: _told(service) for code, service in services}
        shown["audit_risks"] = [_without_values(risk) for risk in decision["audit_risks"]]
        if decision["claim"] is not None:
            lines = [_told(line) for line in decision["claim"]["lines"]]
            shown["claim"] = {**decision["claim"], "lines": lines}
        shown.pop("rules", None)
        return shown

    def named(self, decision: Decided) -> Decided:
        """A decision with its keys hashed and all else as it is: for whoever reads no value of a fact and no digest of
        facts."""
        return ChainMap(self._names(decision), cast(Any, decision))

    def _names(self, decision: Decided) -> dict[str, Any]:
        practitioner = decision["practitioner_id"]
        return {
            "patient_id": self.of(decision["patient_id"]),
            "practitioner_id": None if practitioner is None else self.of(practitioner),
        }

    def hours(self, hours: Iterable[Hours]) -> tuple[Hours, ...]:
        """What panel checks compare, so that what they tell names hashed keys."""
        return tuple(replace(each, of=self._who(each.of)) for each in hours)

    def _who(self, who: Who) -> Who:
        return Who(self.of(who.patient), who.month, None if who.practitioner is None else self.of(who.practitioner))


def keys_of(hashed: bool, secret: Path | None) -> Keys | None:
    """What hashes keys, where they are to be or a secret for it is named; else None."""
    return keys_from(secret) if hashed or secret is not None else None


def keys_from(secret: Path | None) -> Keys:
    """The keys of a secret in a file, so that another month is hashed alike; None: of a fresh one.

    Raises `CcmPolicyError` where the file cannot be read, or holds too little.
    """
    if secret is None:
        return Keys()
    place = Place(str(secret))
    try:
        held = secret.read_bytes().strip()
    except OSError as fault:
        says = f"the secret could not be read: {(fault.strerror or 'the system refused').lower()}"
        hint = "name a file that holds it, or leave `--secret` out for a fresh one"
        raise CcmPolicyError([error("E0730", says, place=place, help=hint)]) from None
    if len(held) < SHORTEST:
        says = f"the secret has {len(held)} characters; a secret that short can be found by trying"
        hint = f"write at least {SHORTEST} random characters into the file, and keep it to yourself"
        raise CcmPolicyError([error("E0730", says, place=place, help=hint)])
    return Keys(held)


def _told(holder: Any) -> dict[str, Any]:
    """A service or a line of a claim, its reasons without the values that these rest on."""
    whole: dict[str, Any] = dict(holder)
    if "reasons" in whole:
        whole["reasons"] = [_without_values(reason) for reason in whole["reasons"]]
    if whole.get("held") is not None:
        whole["held"] = _without_values(whole["held"])
    return whole


def _without_values(reason: Mapping[str, Any]) -> dict[str, Any]:
    return {**reason, "facts": [{**fact, "value": None} for fact in reason["facts"]]}
