"""How the demo's timestamper takes requests, the same for all until somebody chooses otherwise."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import Varchar
from piccolo.table import Table

from portal.refusals import N_
from portal.rows import Identified
from portal.sandbox.tables import SCHEMA


class Manner(StrEnum):
    AT_ONCE = "at_once"
    SLOW = "slow"
    DOWN = "down"
    LYING = "lying"


MANNERS = {
    Manner.AT_ONCE: N_("stamps at once"),
    Manner.SLOW: N_("stamps slowly"),
    Manner.DOWN: N_("does not stamp at all"),
    Manner.LYING: N_("stamps something else"),
}


class TsaManner(Identified, Table, tablename="tsa_manners", schema=SCHEMA):
    """The one that was chosen, where there is one."""

    manner = Varchar(10, default=None)


async def manner() -> Manner:
    chosen = await TsaManner.objects().first()
    return Manner(chosen.manner) if chosen else Manner.AT_ONCE


async def behave(chosen: Manner) -> None:
    await TsaManner.delete(force=True)
    await TsaManner(manner=chosen).save()
