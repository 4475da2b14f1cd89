"""`portal customers`: what stands on a customer's record is put right, and an exchanged SIM card is noted."""

from __future__ import annotations

from collections.abc import Callable

import click

from portal.cli.deciding import BY, decided, of_length

NO_CUSTOMER = "There is no customer of this number."
NO_LINE = "There is no mobile line with this number."


@click.group
def customers() -> None:
    """Correct a customer's record, and note exchanged SIM cards: both can stop signing for a day."""


def words(what: str, most: int) -> Callable[[click.Context, click.Parameter, str | None], str | None]:
    check = of_length(what, most)
    return lambda context, option, value: None if value is None else check(context, option, value)


def contact_number(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    return None if value is None else mobile(value)


def mobile(value: str) -> str:
    from portal import phone  # here: phonenumbers takes a while, which `--help` can do without

    number = phone.read(value)
    if number is None or not phone.is_slovenian_mobile(number):
        raise click.BadParameter("a Slovenian mobile number, such as 040 123 456")
    return number


def email_address(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    from portal.identity.identifiers import read_email  # as above

    address = None if value is None else read_email(value)
    if value is not None and address is None:
        raise click.BadParameter("an e-mail address, such as ana@example.si")
    return address


def tax_number(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is not None and not (value.isascii() and value.isdecimal() and len(value) == 8):
        raise click.BadParameter("eight digits")
    return value


@customers.command
@click.argument("number")
@click.option("--name", callback=words("a name", 120))
@click.option("--tax-number", callback=tax_number, help="Eight digits.")
@click.option("--contact-number", callback=contact_number, help="Signing then waits 24 hours.")
@click.option("--email", callback=email_address)
@click.option("--street", callback=words("a street", 120))
@click.option("--postcode", callback=words("a postcode", 10))
@click.option("--city", callback=words("a city", 60))
@BY
def correct(number: str, by: str, **said: str | None) -> None:
    """Put right what stands on the record of the customer NUMBER. What is not named stays as it is."""
    from portal import clock  # as above
    from portal.customers.correcting import Correction
    from portal.customers.correcting import correct as put_right

    correction = Correction(**said)
    if not correction.values:
        raise click.UsageError("Say what is to stand there, such as --email ana@example.si.")
    changed = decided(lambda: put_right(number, correction, by=by, at=clock.now()), missing=NO_CUSTOMER)
    click.echo(f"Corrected: {', '.join(changed).replace('_', ' ')}." if changed else "It stood so already.")


@customers.command("sim-exchanged")
@click.argument("number")
@click.option("--at", "moment", help="When, in ISO 8601; without a zone: UTC. Now, if not given.")
def sim_exchanged(number: str, moment: str | None) -> None:
    """Note that the SIM card of the mobile line NUMBER was exchanged. Whoever has it signs nothing for 24 hours."""
    from portal import clock  # as above
    from portal.cli.services import moment as read
    from portal.customers import correcting

    at = read(moment) if moment else clock.now()
    if at > clock.now():
        raise click.BadParameter("this moment is still to come", param_hint="--at")
    line = mobile(number)
    decided(lambda: correcting.sim_exchanged(line, at), missing=NO_LINE)
    click.echo("Noted; signing with codes to this number waits until 24 hours after it.")
