"""What a file is, by its bytes: whole ones of five kinds are taken, everything else is not, whatever hides behind."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from time import perf_counter

import pypdfium2
import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.dunning.proofs.files import LONGEST_NAME, clean_name
from portal.dunning.proofs.formats import MOST_PIXELS, recognise
from tests.dunning.papers import HEIC, JPEG, PNG, WEBP, WEBP_LOSSLESS, WHOLE, a_pdf

KINDS = pytest.mark.parametrize("media_type", WHOLE)
SECONDS = 1.0
"""For eight megabytes of malice; the slowest takes a tenth here."""


@KINDS
def test_a_whole_file_is_taken_as_it_is(media_type: str) -> None:
    found = recognise(WHOLE[media_type])

    assert found is not None
    assert (found.media_type, found.content) == (media_type, WHOLE[media_type])


def test_pdfs_of_other_programs_are_taken_too() -> None:
    written = typst.compile(b"= Potrdilo")
    again = io.BytesIO()
    pypdfium2.PdfDocument(written).save(again)

    assert all(recognise(pdf) is not None for pdf in (written, again.getvalue()))
    assert len(pypdfium2.PdfDocument(a_pdf())) == 1


def test_a_pdf_whose_references_are_a_stream_is_taken() -> None:
    begin = b"%PDF-1.7\n1 0 obj\n<</Type /Pages /Kids [] /Count 0>>\nendobj\n"
    stream = b"2 0 obj\n<</Type /XRef /Size 3 /Root 1 0 R /W [1 2 1] /Length 0>>\nstream\n\nendstream\nendobj\n"
    whole = begin + stream + b"startxref\n%d\n%%%%EOF" % len(begin)

    assert recognise(whole) is not None
    assert recognise(whole.replace(b"/XRef", b"/Xref")) is None


def test_a_lossless_picture_is_one_too() -> None:
    assert recognise(WEBP_LOSSLESS) is not None


@KINDS
def test_cut_off_it_is_not_taken(media_type: str) -> None:
    whole = WHOLE[media_type].rstrip()
    shortest_cut = 12 if media_type == "application/pdf" else 1

    for length in range(len(whole) - shortest_cut):
        assert recognise(whole[:length]) is None, length


@KINDS
def test_what_hides_behind_its_end_is_not_kept(media_type: str) -> None:
    hidden = io.BytesIO()
    with zipfile.ZipFile(hidden, "w") as archive:
        archive.writestr("run.exe", "MZ")

    found = recognise(WHOLE[media_type] + hidden.getvalue())

    assert found is not None
    assert found.content == WHOLE[media_type]
    assert not zipfile.is_zipfile(io.BytesIO(found.content))


@KINDS
def test_what_stands_before_it_makes_it_another_file(media_type: str) -> None:
    for before in (b"\n", b"GIF89a", b"<script>alert(1)</script>", b"PK\x03\x04", b"MZ"):
        assert recognise(before + WHOLE[media_type]) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7",
        b"%PDF-1.7\nstartxref\n0\n%%EOF",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xd9",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><h1>Placano</h1>",
        b"PK\x03\x04" + bytes(60),
        b"MZ" + bytes(60),
        b"RIFF\x04\x00\x00\x00WAVE",
        b"\x00\x00\x00\x14ftypisom\x00\x00\x02\x00mp41",
        bytes(100),
    ],
)
def test_anything_else_is_not_taken(content: bytes) -> None:
    assert recognise(content) is None


def test_only_the_beginning_and_the_end_of_a_pdf_are_no_pdf() -> None:
    assert recognise(b"%PDF-1.4\n<html>placano</html>\nstartxref\n9\n%%EOF") is None
    assert recognise(a_pdf().replace(b"/Root", b"/Toor")) is None
    assert recognise(a_pdf().replace(b"/Type /Pages", b"/Type /Other")) is None
    assert recognise(a_pdf().replace(b"\nxref\n", b"\nnone\n")) is None


def test_a_changed_byte_in_a_png_is_seen() -> None:
    changed = bytearray(PNG)
    changed[45] ^= 1

    assert recognise(bytes(changed)) is None


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("width", "height", "is_taken"),
    [(1, 1, True), (0, 5, False), (5, 0, False), (MOST_PIXELS, 1, True), (50_000, 50_000, False)],
)
def test_a_picture_has_a_size_that_can_be_opened(width: int, height: int, is_taken: bool) -> None:
    assert (recognise(png(width, height)) is not None) is is_taken


def test_a_picture_of_no_size_is_none_in_any_format() -> None:
    frame = JPEG.index(b"\xff\xc2") + 5
    assert recognise(JPEG[:frame] + b"\x00\x00" + JPEG[frame + 2 :]) is None
    assert recognise(WEBP.replace(b"\x9d\x01\x2a\x08\x00", b"\x9d\x01\x2a\x00\x00")) is None
    assert (
        recognise(HEIC.replace(b"ispe\x00\x00\x00\x00\x00\x00\x00\x40", b"ispe\x00\x00\x00\x00\x00\x00\x00\x00"))
        is None
    )


@given(st.sampled_from(sorted(WHOLE)), st.data())
@settings(max_examples=300, deadline=None)
def test_whatever_happened_to_it_the_answer_is_yes_or_no(media_type: str, data: st.DataObject) -> None:
    broken = bytearray(WHOLE[media_type])
    for _ in range(data.draw(st.integers(1, 8))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    start = data.draw(st.integers(0, len(broken)))

    found = recognise(bytes(broken[:start] + data.draw(st.binary(max_size=20)) + broken[start:]))

    assert found is None or found.media_type in WHOLE


@given(st.binary(max_size=200))
def test_noise_is_no_file(noise: bytes) -> None:
    assert recognise(noise) is None


EIGHT_MEGABYTES = 8 * 1024 * 1024


@pytest.mark.parametrize(
    "malice",
    [
        b"\xff\xd8\xff" + b"\xff" * EIGHT_MEGABYTES,
        b"\xff\xd8\xff\xda\x00\x02" + b"\xff\x00" * (EIGHT_MEGABYTES // 2),
        b"\xff\xd8" + b"\xff\xe0\x00\x02" * (EIGHT_MEGABYTES // 4),
        b"\x00\x00\x00\x14ftypheic\x00\x00\x00\x00heic" + b"\x00\x00\x00\x08free" * (EIGHT_MEGABYTES // 8),
        b"%PDF-1.4" + b"/Type " * (EIGHT_MEGABYTES // 6) + b"startxref\n0\n%%EOF",
        b"%PDF-1.4\nxref\n0 1\n" + b"trailer<<" * (EIGHT_MEGABYTES // 9) + b"\nstartxref\n9\n%%EOF",
        b"%PDF-1.4startxref" + b" " * EIGHT_MEGABYTES,
    ],
    ids=["fill", "scan", "segments", "boxes", "types", "trailers", "blanks"],
)
def test_malice_costs_no_time(malice: bytes) -> None:
    began = perf_counter()

    assert recognise(malice) is None
    assert perf_counter() - began < SECONDS


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("potrdilo.pdf", "potrdilo.pdf"),
        ("Plačilo november 2026.PDF", "Plačilo november 2026.pdf"),
        ("slika.jpg.exe", "slika.jpg.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\Bojan\\potrdilo.pdf", "potrdilo.pdf"),
        ("..", "potrdilo.pdf"),
        ("/", "potrdilo.pdf"),
        ("", "potrdilo.pdf"),
        (".pdf", "pdf.pdf"),
        ("a\x00b\nc\t d.pdf", "a b c d.pdf"),
        ("evil\u202efdp.exe", "evil fdp.pdf"),
        ("<script>alert(1)</script>.pdf", "script>.pdf"),
        ("1. 12. 2026", "1. 12. 2026.pdf"),
    ],
)
def test_a_file_is_called_something_that_can_be_shown(name: str, shown: str) -> None:
    assert clean_name(name, "pdf") == shown


@given(st.text(max_size=300))
def test_every_name_fits_one_line(name: str) -> None:
    shown = clean_name(name, "heic")

    assert 0 < len(shown) <= LONGEST_NAME
    assert shown.isprintable()
    assert not set(shown) & set("/\\\n\0")
    assert shown.endswith(".heic")
