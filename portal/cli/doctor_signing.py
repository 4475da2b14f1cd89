"""What the doctor asks of signing: keys, how long their certificates are good, the timestamper, where orders go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from portal import clock
from portal.cli.findings import Finding, fault, fine, warning
from portal.settings import Settings, revealed
from portal.signing.pki.authority import Authority, NoKeys, read
from portal.signing.pki.folder import Keys
from portal.signing.pki.opening import read_anchors

SOON = timedelta(days=90)
NOTHING_IS_SIGNED = "no document can be signed"
RENEWED = ("seal", "ocsp")
"""What the command renews; for the others docs/signing-keys.md says what there is to do."""


def of_settings(known: Settings) -> Iterator[Finding]:
    yield from of_keys(known)
    yield from of_timestamper(known)
    if known.orders_token is None:
        yield warning("ORDERS_TOKEN is unset: orders come by file alone", "Set it: openssl rand -base64 36")
    if known.staff_email is None:
        yield warning("STAFF_EMAIL is unset: nobody is told of an order that waits for a person", "Set it.")


def of_keys(known: Settings) -> Iterator[Finding]:
    """A wrong pair of settings stops every process from starting."""
    folder, passphrase = known.signing_keys_dir, revealed(known.signing_keys_passphrase)
    if folder is None or passphrase is None:
        yield fault(
            f"SIGNING_KEYS_DIR and SIGNING_KEYS_PASSPHRASE are unset: {NOTHING_IS_SIGNED}",
            "Set both and make the keys: portal ca init, see docs/signing-keys.md.",
        )
        return
    try:
        ours = read(folder, passphrase.encode(), known)
    except NoKeys as none:
        yield fault(f"{none}: {NOTHING_IS_SIGNED}", "Make them: portal ca init, or check the two variables.")
        return
    yield from of_folder(Keys(folder))
    yield from of_days(Keys(folder), ours, clock.now())


def of_folder(keys: Keys) -> Iterator[Finding]:
    if keys.root.stat().st_mode & 0o077:
        yield fault(f"others can look into SIGNING_KEYS_DIR {keys.root}", f"chmod -R go= {keys.root}")
    if keys.offline.exists():
        yield warning(
            "the root's key is still on this machine: whoever takes it makes certificates that all believe",
            f"Take {keys.offline} to where it is kept and shred it here, see docs/signing-keys.md.",
        )


def of_days(keys: Keys, ours: Authority, at: datetime) -> Iterator[Finding]:
    """How long all of it is good."""
    ends = {which: certificate.not_valid_after_utc for which, certificate in keys.certificates().items()}
    soon = {which: until for which, until in ends.items() if until - at < SOON}
    for which, until in soon.items():
        mend = f"Run: portal ca renew {which}" if which in RENEWED else "See docs/signing-keys.md."
        told = fault if until <= at else warning
        yield told(f"the certificate of {which} {'ended' if until <= at else 'ends'} on {until:%Y-%m-%d}", mend)
    listed = ours.root_list.next_update_utc
    if listed is not None and listed - at < SOON:
        yield warning(f"the root's list is good until {listed:%Y-%m-%d}", "Run: portal ca crl --root-key FILE")
    if not soon:
        yield fine(f"signing keys: good until {min(ends.values()):%Y-%m-%d}")


def of_timestamper(known: Settings) -> Iterator[Finding]:
    """In real use: the sandbox has its own."""
    if known.signing_tsa_url is None:
        yield fault(
            "SIGNING_TSA_URL is unset: what customers sign waits for a time stamp",
            "Set it to a timestamping authority (RFC 3161).",
        )
    if known.signing_tsa_certificates is None:
        yield fault(
            "SIGNING_TSA_CERTIFICATES is unset: no time stamp is believed",
            "Set it to a PEM file with the roots of the timestamping authority.",
        )
        return
    yield of_anchors(known.signing_tsa_certificates, clock.now())


def of_anchors(file: Path, at: datetime) -> Finding:
    try:
        until = max(anchor.not_valid_after_utc for anchor in read_anchors(file))
    except NoKeys as unreadable:
        return fault(str(unreadable), "Take the roots from the timestamping authority.")
    if until <= at:
        return fault(f"the roots of the timestamper ended on {until:%Y-%m-%d}", f"Take the newer ones into {file}.")
    return fine(f"timestamper's roots: good until {until:%Y-%m-%d}")
