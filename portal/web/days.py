"""A day as people type it into a form."""

from __future__ import annotations

import re
from datetime import date

from portal.web.forms import wrong

ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
SLOVENIAN_DAY = re.compile(r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})", re.ASCII)


def day(typed: object) -> date:
    """`2026-12-08`, as a browser sends it, or `8. 12. 2026`, as it is typed where the browser knows no calendar."""
    written = typed.strip() if isinstance(typed, str) else ""
    if iso := ISO_DAY.fullmatch(written):
        year, month, number = iso.groups()
    elif slovenian := SLOVENIAN_DAY.fullmatch(written):
        number, month, year = slovenian.groups()
    else:
        raise wrong("Enter a day such as 8. 12. 2026.")
    try:
        return date(int(year), int(month), int(number))
    except ValueError:
        raise wrong("Enter a day such as 8. 12. 2026.") from None
