"""What the doctor asks of the bank's statements: the folder, our accounts, and what waits for a person."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from portal import clock
from portal.cli.findings import Finding, fault, fine, warning
from portal.payments.bank import folder, waiting
from portal.payments.bank.importing import newest_import
from portal.settings import Settings, settings

LONGEST_SILENCE = timedelta(days=4)
"""A weekend with a holiday beside it."""


def of_settings(known: Settings) -> Iterator[Finding]:
    if known.bank_dir is None:
        yield warning(
            "BANK_DIR is unset: no statement of the bank is imported by itself",
            "Set it to the folder that the bank's files are laid into, or run: portal bank import FILE",
        )
        return
    if not known.our_ibans:
        yield fault(
            "it is not said which accounts are ours: every statement is refused", "Set BANK_IBANS or PAYEE_IBAN."
        )
    yield of_folder(known.bank_dir)


def of_folder(root: Path) -> Finding:
    if not root.is_dir():
        return fault(f"BANK_DIR {root} is not there", "Make it, or mount it.")
    if not os.access(root, os.R_OK | os.W_OK | os.X_OK):
        return fault(f"BANK_DIR {root}: files cannot be read or moved", "Give the portal's user read and write access.")
    refused = root / folder.REFUSED
    count = len([file for file in refused.iterdir() if folder.is_whole_name(file.name)]) if refused.is_dir() else 0
    if count:
        return warning(f"{count} of the bank's files were refused", f"Read the .reason.txt beside each in {refused}.")
    return fine(f"bank: files are taken from {root}")


async def statements() -> Finding:
    """When the last one came, and how much waits."""
    newest, counted = await newest_import(), await waiting.counts()
    if settings().bank_dir is not None and (newest is None or clock.now() - newest > LONGEST_SILENCE):
        since = f"since {newest:%Y-%m-%d}" if newest else "yet"
        return warning(f"no statement of the bank was imported {since}", "Ask why the bank's files do not come.")
    if counted:
        return warning(
            f"{sum(counted.values())} entries of the bank wait for a person", "Look at them: portal bank unmatched"
        )
    return fine("bank: no entry waits")
