"""What reads and draws a UPN QR code besides us: zxing-cpp, and zint with its own `UPNQR`."""

from __future__ import annotations

import os
import subprocess
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import segno
import zxingcpp

from portal.billing.upn.order import Payer, UpnOrder
from portal.money import Money

Modules = list[list[int]]

# The codes printed in the standard («UPN QR – tehnični standard», 1.1, November 2016: cover and Priloga 1, A to H), all
# of it sample data. Its codes A to H fill the reserve with spaces up to 411 characters.
EXAMPLES = {
    "cover": "UPNQR\n\n\n\n\nJanez Novak\nLepa cesta 10\n2000 Maribor\n00000001471\n\n\nSCVE\n"
    "Ravn. z odpadki 04/2016 0040098579\n25.06.2016\nSI56051008010486080\nSI121033842574531\nSnaga d.o.o.\n"
    "Povšetova ulica 6\n1000 Ljubljana\n198\n",
    "A": "UPNQR\n\n\n\n\nJanez Novak\nDunajska 1\n1000 Ljubljana\n00000008105\n\n\nCOST\nPlačilo obveznosti 10/2016\n\n"
    "SI56051008010486080\nSI0598765432100\nNovo podjetje d.o.o.\nLepa cesta 15\n3698 Loški Potok\n183\n",
    "B": "UPNQR\nSI56020170014356205\n\n\nSI003528-990\nZdruženje bank Slovenije\nŠubičeva 2\n1000 Ljubljana\n"
    "00000128067\n\n\nADVA\nPlačilo avansa-ponudba 2016/12\n\nSI56051008010486080\nSI00123456-67890-12345\n"
    "Novo podjetje d.o.o.\nLepa cesta 15\n3698 Loški Potok\n238\n",
    "C": "UPNQR\n\n\n\n\nJanez Novak\nDunajska 1\n1000 Ljubljana\n00000008105\n\n\nRENT\nPlačilo najemnine 10/2016\n"
    "15.11.2016\nSI56051008010486080\nSI129990000359896\nNovo podjetje d.o.o.\nLepa cesta 15\n3698 Loški Potok\n194\n",
    "D": "UPNQR\n\n\n\n\n\n\n\n00000000000\n\n\nCHAR\nDonacija v dobrodelne namene\n\nSI56051008010486080\n"
    "SI121234567890120\nNovo podjetje d.o.o.\nLepa cesta 15\n3698 Loški Potok\n152\n",
    "E": "UPNQR\n\nX\n\n\n\n\n\n00000028000\n30.11.2016\n\nCASH\nPolog iztržka za november\n\nSI56051008010486080\n\n"
    "Novo podjetje d.o.o.\nLepa cesta 15\n3698 Loški Potok\n143\n",
    "F": "UPNQR\nSI56051008010486080\n\nX\n\nNovo podjetje d.o.o.\nLepa cesta 15\n3698 Loški Potok\n00000035000\n"
    "30.11.2016\n\nCSDB\nDnevnice november 2016\n\n\n\n\n\n\n140\n",
    "G": "UPNQR\nSI56051008010486080\n\n\nRF81352ADD05899\nNovo podjetje d.o.o.\nLepa cesta 15\n3698 Loški Potok\n"
    "00000013167\n\n\nSUBS\nLetna naročnina na ZZYS\n\nDE12500105170648489890\nRF45SBO2010\nGesselshaft GmbH\n"
    "Rosenthal 15\nDE-86807 Buchloe\n222\n",
    "H": "UPNQR\n\n\n\n\nJanez Novak\nDunajska 1\n1000 Ljubljana\n00000008105\n\n\nRENT\nPlačilo najemnine 10/2016\n"
    "15.11.2016\nSI56051008010486080\nRF45SBO2010\nNovo podjetje d.o.o.\nLepa cesta 15\n3698 Loški Potok\n188\n",
}


def an_order(
    name: str = "Janez Novak",
    cents: int = 8_105,
    *,
    purpose: str = "Račun 2026-104417",
    reference: str = "SI121033842574531",
    payee: str = "A1 Slovenija, d. d.",
) -> UpnOrder:
    return UpnOrder(
        Payer(name, "Dunajska cesta 1", "1000 Ljubljana"),
        Money(cents),
        purpose,
        date(2026, 11, 28),
        "SI56191000000123438",
        reference,
        Payer(payee, "Ameriška ulica 4", "1000 Ljubljana"),
    )


def drawn_by_zint(payload: str, mask: int | None = None) -> Modules:
    """`mask`: 0 to 7; None: the one that zint chooses."""
    if os.environ.get("PORTAL_ZINT") == "none":
        pytest.skip("without zint, as PORTAL_ZINT says")
    with TemporaryDirectory(prefix="zint-") as folder:
        Path(folder, "payload.txt").write_bytes(payload.encode())
        command = ["zint", "-b", "UPNQR", "--dump", "-i", "payload.txt"]
        masked = command if mask is None else [*command, f"--mask={mask}"]
        dumped = subprocess.run(masked, cwd=folder, capture_output=True, text=True, check=True).stdout
    return [bits(line)[:77] for line in dumped.splitlines()]


def bits(line: str) -> list[int]:
    return [int(bit) for nibble in line.replace(" ", "") for bit in f"{int(nibble, 16):04b}"]


def modules(code: segno.QRCode) -> Modules:
    return [[int(module) for module in row] for row in code.matrix]


def scanned(picture: memoryview, mode: zxingcpp.TextMode = zxingcpp.TextMode.Plain) -> zxingcpp.Barcode:
    """The one code in a picture of levels of grey."""
    found = zxingcpp.read_barcodes(picture, text_mode=mode)
    assert len(found) == 1, f"{len(found)} codes are found"
    return found[0]
