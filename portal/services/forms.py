"""What a customer may send to have a service switched."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, ValidationInfo

from portal.network.tables import Setting
from portal.web.days import day
from portal.web.forms import Form

LATER = "later"


def day_if_later(typed: object, info: ValidationInfo) -> Any:
    """The day counts only where it was chosen to wait for one: a field that is hidden holds nobody up."""
    return day(typed) if info.data.get("start") == LATER else None


class AskForm(Form):
    """The explicit target: `on`, and `value` where there is more to say. `agreed`: the cents that the button named.

    `shown_in`: where the button stood, to lead back there.
    """

    on: Literal["yes", "no"]
    value: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""
    start: Literal["now", "later"] = "now"
    day: Annotated[date | None, BeforeValidator(day_if_later), Field(validate_default=True)] = None
    begins_at_once: Literal["yes", ""] = ""
    agreed: Annotated[str, StringConstraints(pattern=r"^[0-9]{0,7}$")] = ""
    shown_in: Literal["list", ""] = ""

    @property
    def setting(self) -> Setting:
        return Setting(self.on == "yes", self.value or None)

    @property
    def agreed_cents(self) -> int | None:
        return int(self.agreed) if self.agreed else None
