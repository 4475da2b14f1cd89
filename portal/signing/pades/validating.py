"""What can be told of a PDF that somebody shows us: whether it is ours, who signed it when, and whether it is whole."""

from __future__ import annotations

from datetime import datetime

from portal.signing.pades.judging import judge
from portal.signing.pades.trust import Trust
from portal.signing.pades.validation import Role, Signature, Validation, Verdict
from portal.signing.pki.authority import Authority, authority

__all__ = ["Role", "Signature", "Validation", "Verdict", "validate"]


def validate(pdf: bytes, at: datetime) -> Validation:
    """Never raises for what is in the file, whatever that is; NoKeys where this portal has none.

    Takes about 100 ms of CPU for one of ours: not on the event loop. What strangers send is for `validate_apart`, which
    can be stopped.
    """
    return judge(pdf, at, trust_of(authority()))


def trust_of(ours: Authority) -> Trust:
    return Trust(ours.root, ours.issuing, ours.stamper_roots())
