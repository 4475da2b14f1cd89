"""How a failure is written down: where it happened and what kind it is, without the values that it happened to.

Exceptions like to quote what they choked on: the driver a statement's arguments, PostgreSQL the whole row. Among these
are codes, numbers and addresses, and logs are read by many.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
import structlog

log = structlog.get_logger()

LONGEST = 300
# A code, a telephone number, an account: five digits and more. A token: long, and with digits. An id is kept.
VALUE = re.compile(
    r"(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|\+?(?:[A-Z]{2})?\d{5,}|(?=[A-Za-z_-]*\d)[\w-]{32,}", re.ASCII
)
# What the database quotes after these words was on its way to a row.
QUOTED = re.compile(r"(?P<what>\binput\b.*?: |\bvalue )[\"'].*")


def words(failure: BaseException) -> str:
    """`UndefinedError: 'code' is undefined`, one line. Of a database's error only its first: DETAIL holds the row."""
    said = str(failure)
    if isinstance(failure, asyncpg.PostgresError | asyncpg.InterfaceError):
        said = QUOTED.sub(r"\g<what>…", said.partition("\n")[0])
    said = masked(" ".join(said.split()))[:LONGEST]
    return f"{type(failure).__name__}: {said}" if said else type(failure).__name__


def masked(said: str) -> str:
    """`SMS to … failed`: words and ids, no values."""
    return VALUE.sub(lambda found: found["id"] or "…", said)


def told(failure: BaseException) -> str:
    """The frames and words of a failure and of what caused it, first cause first, as Python prints them."""
    return "\n".join(parts(failure))


def parts(failure: BaseException) -> Iterator[str]:
    before = failure.__cause__ or (None if failure.__suppress_context__ else failure.__context__)
    if before is not None:
        yield from parts(before)
        yield "which led to:"
    if failure.__traceback__ is not None:
        yield "".join(traceback.format_tb(failure.__traceback__)).rstrip("\n")
    yield words(failure)
    if isinstance(failure, BaseExceptionGroup):
        for one in failure.exceptions:
            yield from parts(one)


@contextmanager
def passed_over(failures: list[Exception]) -> Iterator[None]:
    """What fails within is told and kept in `failures`, and what comes after goes on. Then `raise_first`."""
    try:
        yield
    except Exception as failure:
        log.exception("passed over")
        failures.append(failure)


def raise_first(failures: list[Exception]) -> None:
    if failures:
        raise failures[0]
