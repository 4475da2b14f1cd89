"""What makes an edition unfit for use although each of its services can be read, one sentence each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.services.catalogue.service import Service

OWN_REFUSALS = frozenset({"other", "barred", "ended", "price_changed", "not_offered", "signature"})
"""Codes that the portal itself refuses with."""


def faults_of(services: Sequence[Service], refusals: set[str]) -> Iterator[str]:
    codes = [service.code for service in services]
    known = {service.code: service for service in services}
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield f"{code} stands twice"
    for code in sorted(OWN_REFUSALS - refusals):
        yield f"the refusal {code} has no words"
    for service in services:
        yield from related(service, known)
    if all(name in known for service in services for name in service.needs):
        yield from contradictions(known)


def related(service: Service, known: Mapping[str, Service]) -> Iterator[str]:
    for verb, names in (("needs", service.needs), ("excludes", service.excludes)):
        for name in names:
            other = known.get(name)
            if other is None or other is service:
                yield f"{service.code} {verb} {name}, which is no other service"
            elif verb == "needs" and not set(service.packages) <= set(other.packages):
                yield f"{service.code} needs {name}, which not all its packages have"
            elif verb == "excludes" and not set(service.packages) & set(other.packages):
                yield f"{service.code} excludes {name}, which none of its packages has"
            elif other.setting != "none" or (service.needs and service.setting != "none"):
                yield f"{service.code} {verb} {name}, of which one has a value that could not be put back"
            elif verb == "needs" and other.needs_signature:
                yield f"{service.code} needs {name}, which is signed for by itself"
            elif verb == "needs" and other.step_up and not service.step_up:
                yield f"{service.code} needs {name}, which asks for a code, and does not ask for one itself"


def contradictions(known: Mapping[str, Service]) -> Iterator[str]:
    for code in known:
        needed = needed_by(code, known)
        if code in needed:
            yield f"{code} needs itself in the end"
        for name in sorted(needed):
            if excluded(known[name], known) & (needed | {code}):
                yield f"{code} needs {name}, and what excludes it"


def needed_by(code: str, known: Mapping[str, Service]) -> set[str]:
    """Everything that has to be on for this one."""
    found: set[str] = set()
    ahead = list(known[code].needs)
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += known[name].needs
    return found


def excluded(service: Service, known: Mapping[str, Service]) -> set[str]:
    """Whoever of the two names it, neither is on beside the other."""
    return set(service.excludes) | {other.code for other in known.values() if service.code in other.excludes}
