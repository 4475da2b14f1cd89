"""`portal ca`: the keys and certificates that documents are signed with. By hand: docs/signing-keys.md."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portal import clock
from portal.cli.running import checked_settings
from portal.settings import revealed
from portal.signing_settings import SHORTEST_PASSPHRASE

if TYPE_CHECKING:
    from portal.signing.pki.ceremony import Ceremony
    from portal.signing.pki.folder import Keys

KEY_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.option(
    "--dir", "folder", type=click.Path(path_type=Path, file_okay=False), help="Instead of SIGNING_KEYS_DIR."
)
OPERATOR = click.option("--operator", help="Who the certificates name. Otherwise PAYEE_NAME, or PORTAL_OPERATOR.")
LONGEST_OPERATOR = 50


@click.group
def ca() -> None:
    """The keys and certificates that documents are signed with."""


@ca.command
@FOLDER
@OPERATOR
def init(folder: Path | None, operator: str | None) -> None:
    """Make all of them in a folder of their own. What is there already is never overwritten."""
    held = ceremony(folder, operator, is_new=True)
    with told():
        held.hold(clock.now())
    click.echo(f"The keys are in {held.folder}. They open with SIGNING_KEYS_PASSPHRASE only: keep it elsewhere.\n")
    list_certificates(held.keys)
    click.secho(f"\nNow take the root's key off this machine:\n\n{offline_steps(held.keys)}", fg="yellow")


@ca.command
@FOLDER
def show(folder: Path | None) -> None:
    """Say what is there, of whom, and until when it is good."""
    with told():
        list_certificates(kept(folder))


@ca.command
@click.argument("which", type=click.Choice(["seal", "ocsp"]))
@click.option("--stolen", is_flag=True, help="The key got into other hands: its certificate is revoked from now on.")
@FOLDER
@OPERATOR
def renew(which: str, stolen: bool, folder: Path | None, operator: str | None) -> None:
    """Make a new key and certificate for the operator's seal or for the OCSP responder."""
    if stolen and which == "ocsp":
        raise click.UsageError("A responder's certificate cannot be taken back by itself: see docs/signing-keys.md.")
    held = ceremony(folder, operator)
    with told():
        held.renew(which, clock.now(), was_stolen=stolen)
        list_certificates(held.keys)
    click.echo("\nStart the portal's processes anew: they go on with the former one until then.")


@ca.command
@click.option("--root-key", type=KEY_FILE, required=True, help="From where it is kept.")
@click.option("--revoke", type=click.Choice(["issuing"]), help="Take this one back.")
@FOLDER
def crl(root_key: Path, revoke: str | None, folder: Path | None) -> None:
    """Make a new list of what the root revoked, with the root's key."""
    held = ceremony(folder, None)
    with told():
        revoked = held.keys.certificate(revoke) if revoke else None
        held.list_anew(root_key.read_bytes(), clock.now(), revoked)
        list_certificates(held.keys)
    click.echo("\nStart the portal's processes anew, and take the root's key away again.")


def ceremony(folder: Path | None, operator: str | None, *, is_new: bool = False) -> Ceremony:
    from portal.signing.pki.ceremony import Ceremony  # here: cryptography takes a while, which `--help` can do without

    known = checked_settings()
    named = operator or known.payee
    if len(named) > LONGEST_OPERATOR:
        raise click.BadParameter(f"at most {LONGEST_OPERATOR} characters", param_hint="--operator")
    secret = revealed(known.signing_keys_passphrase) or passphrase(is_new=is_new)
    return Ceremony(chosen(folder), secret.encode(), named, known.origin, is_demo=known.portal_sandbox)


def passphrase(*, is_new: bool) -> str:
    """Asked for where the environment has none."""
    typed: str = click.prompt("Passphrase of the keys", hide_input=True, confirmation_prompt=is_new)
    if len(typed) < SHORTEST_PASSPHRASE:
        raise click.ClickException(f"The passphrase needs at least {SHORTEST_PASSPHRASE} characters.")
    return typed


def chosen(folder: Path | None) -> Path:
    found = folder or checked_settings().signing_keys_dir
    if found is None:
        raise click.ClickException("Say where the keys are: SIGNING_KEYS_DIR, or --dir.")
    return found


def kept(folder: Path | None) -> Keys:
    from portal.signing.pki.folder import Keys  # as above

    return Keys(chosen(folder))


def list_certificates(keys: Keys) -> None:
    from cryptography.hazmat.primitives import hashes  # as above

    for which, certificate in keys.certificates().items():
        click.secho(f"{which}: {certificate.subject.rfc4514_string()}", bold=True)
        click.echo(f"  SHA-256 {certificate.fingerprint(hashes.SHA256()).hex(':')}")
        click.echo(f"  serial {certificate.serial_number:x}, good until {certificate.not_valid_after_utc:%Y-%m-%d}")
    click.echo(f"the root's list: made {keys.root_list().last_update_utc:%Y-%m-%d}, {len(keys.root_list())} revoked")


def offline_steps(keys: Keys) -> str:
    return "\n".join(
        (
            f"  1. Copy {keys.offline} to two media that are kept in two safes.",
            "  2. Compare: both copies open with  openssl pkey -in root.key -noout",
            f"  3. shred -u {keys.offline} && rmdir {keys.offline.parent}",
            "  4. Write down who was there and the SHA-256 of the root's certificate as it stands above.",
        )
    )


@contextmanager
def told() -> Iterator[None]:
    """What goes wrong with files and passphrases, as one sentence."""
    from portal.signing.pki.keys import WrongPassphrase  # as above

    try:
        yield
    except WrongPassphrase:
        raise click.ClickException("The passphrase does not open this key.") from None
    except OSError as trouble:
        raise click.ClickException(f"{trouble.filename}: {trouble.strerror}") from None
    except ValueError as unreadable:
        raise click.ClickException(f"This cannot be used: {unreadable}") from None
