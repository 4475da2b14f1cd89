"""What every decision by command needs: a reason, a name, and the business's no as an end with its sentence."""

from __future__ import annotations

import getpass
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click

from portal.cli.running import in_database
from portal.refusals import NotFound, Refusal

T = TypeVar("T")

LONGEST_REASON = 200
LONGEST_NAME = 60


def of_length(what: str, most: int) -> Callable[[click.Context, click.Parameter, str], str]:
    """Checked here, because it is kept in a column of this length."""

    def checked(_: click.Context, __: click.Parameter, value: str) -> str:
        if not 0 < len(value.strip()) <= most:
            raise click.BadParameter(f"{what} has 1 to {most} characters")
        return value.strip()

    return checked


REASON = of_length("a reason", LONGEST_REASON)
BECAUSE = click.option("--because", required=True, callback=REASON, help="Why: kept with your name, for staff.")
BECAUSE_TO_THE_CUSTOMER = click.option(
    "--because", required=True, callback=REASON, help="Why, in words for the customer, who reads them."
)
BY = click.option(
    "--by", default=getpass.getuser, show_default="you", callback=of_length("a name", LONGEST_NAME), help="Who decides."
)


def decided(work: Callable[[], Awaitable[T]], *noes: type[Exception], missing: str = "There is no such thing.") -> T:
    """Run `work` with the database open. `noes`: what else it raises with a sentence for staff."""
    from portal.web.wording import say_no  # here: it reads the catalogues, which `--help` can do without

    try:
        return in_database(work)
    except NotFound:
        raise click.ClickException(missing) from None
    except Refusal as no:
        raise click.ClickException(say_no("en", no)) from None
    except noes as no:
        raise click.ClickException(f"{str(no).removesuffix('.')}.") from None
