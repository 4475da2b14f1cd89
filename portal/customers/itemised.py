"""How single calls, messages and connections are named, and with whom they were: on pages and in files."""

from __future__ import annotations

from portal.customers.quantities import CallKind
from portal.refusals import N_
from portal.web.templating import unbroken

KINDS = {
    CallKind.CALL: N_("Calls"),
    CallKind.SMS: N_("SMS"),
    CallKind.MMS: N_("MMS"),
    CallKind.DATA: N_("Data"),
}
SINGLE = {
    CallKind.CALL: N_("Telephone call"),
    CallKind.SMS: N_("SMS"),
    CallKind.MMS: N_("MMS"),
    CallKind.DATA: N_("Data"),
}
HOME = "+386"


def party(masked: str) -> str:
    """`+38640000***` as people at home write it: `040 000 ***`; a foreign number stays international."""
    if not masked.startswith(HOME):
        return masked
    national = "0" + masked.removeprefix(HOME)
    return unbroken(" ".join(national[start : start + 3] for start in range(0, len(national), 3)))


def dialled(other_party: str) -> str:
    """`+38641123***` → `041123***`, `+43664123***` → `0043664123***`."""
    if other_party.startswith(HOME):
        return f"0{other_party.removeprefix(HOME)}"
    return f"00{other_party[1:]}" if other_party.startswith("+") else other_party
