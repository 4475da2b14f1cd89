"""What of a line is which Service: its barring, and each service that customers switch.

A PATCH carries the whole desired state of its Service, because a merge patch replaces arrays whole (RFC 7386).
What comes back is not trusted to be of the shape we know: raises NetworkTimeout where it is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from portal.network.port import NetworkTimeout
from portal.network.tables import Profile, Setting

NAMES = ("voiceOut", "voiceIn", "smsOut", "data")
"""Of the characteristics of a line's barring, in the order of a Profile."""
BARRED, OPEN = "barred", "open"
ACTIVE, INACTIVE = "active", "inactive"
STATES = frozenset({"feasibilityChecked", "designed", "reserved", INACTIVE, ACTIVE, "terminated"})
SETTING = "setting"
CODE = re.compile(r"[A-Za-z0-9_-]{1,40}")
LONGEST_VALUE = 40

Json = dict[str, Any]


def barring_update(profile: Profile) -> Json:
    """Neither emergency numbers nor incoming SMS stand in it: they are not ours to bar."""
    pairs = zip(NAMES, profile, strict=True)
    return {"serviceCharacteristic": [characteristic(name, BARRED if off else OPEN) for name, off in pairs]}


def service_update(setting: Setting) -> Json:
    settings = [] if setting.value is None else [characteristic(SETTING, setting.value)]
    return {"state": ACTIVE if setting.is_on else INACTIVE, "serviceCharacteristic": settings}


def characteristic(name: str, value: str) -> Json:
    return {"name": name, "valueType": "string", "value": value}


def service_id(line: str, code: str) -> str:
    return f"{line}.{code}"


def profile_in(service: Any, line: str) -> Profile:
    values = dict(characteristics(service))
    if service.get("id", line) != line or any(values.get(name) not in (BARRED, OPEN) for name in NAMES):
        raise NetworkTimeout("a Service that does not say what of the line is barred")
    return Profile(*(values[name] == BARRED for name in NAMES))


def setting_in(service: Any) -> Setting:
    """Only what is active is on; the states before and after it are off."""
    state = service.get("state")
    if state not in STATES:
        raise NetworkTimeout("a Service in no state that TMF640 knows")
    return Setting(state == ACTIVE, value_in(dict(characteristics(service)).get(SETTING)))


def value_in(value: Any) -> str | None:
    """A number may come as JSON's."""
    written = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if written is None or written == "":
        return None
    if not isinstance(written, str) or len(written) > LONGEST_VALUE or not written.isprintable():
        raise NetworkTimeout("a setting that is no short text")
    return written


def characteristics(service: Any) -> Iterator[tuple[str, Any]]:
    """Of a Service that may have none. The same name twice would be two truths."""
    listed = service.get("serviceCharacteristic", []) if isinstance(service, dict) else None
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise NetworkTimeout("no Service")
    names = [one.get("name") for one in listed]
    if not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        raise NetworkTimeout("a Service whose characteristics have no names of their own")
    yield from ((one["name"], one.get("value")) for one in listed)


def settings_in(services: list[Any], line: str) -> dict[str, Setting]:
    """By code. What is another line's says that we were not understood: such a page is not taken for truth."""
    found: dict[str, Setting] = {}
    for service in services:
        known_as = service.get("id") if isinstance(service, dict) else None
        if known_as == line:
            continue
        code = known_as.removeprefix(f"{line}.") if isinstance(known_as, str) else ""
        if known_as != service_id(line, code) or not CODE.fullmatch(code) or code in found:
            raise NetworkTimeout("a list with other Services than those of the line")
        found[code] = setting_in(service)
    return found
