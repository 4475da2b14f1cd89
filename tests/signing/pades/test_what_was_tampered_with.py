"""Whoever changes a signed document, in whatever way, has one that is no longer good."""

from __future__ import annotations

import io
import random
from datetime import UTC, datetime, timedelta

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints

from portal import clock
from portal.signing.pades.validating import Verdict, validate
from tests.signing.pades.cut import parts, revisions

BAD = (Verdict.ALTERED, Verdict.UNREADABLE)


def verdict(pdf: bytes) -> Verdict:
    return validate(pdf, clock.now()).verdict


def test_the_signed_copy_is_good(copy: bytes) -> None:
    said = validate(copy, clock.now())

    assert (said.verdict, said.reasons) == (Verdict.OURS, ())
    assert said.customer is not None and said.seal is not None
    assert said.customer.is_good and said.seal.is_good
    assert said.customer.signer == "Ana Češnjevar Žižek"
    assert said.seal.signer == "Moj A1"
    assert said.customer.record_sha256 == bytes(range(32))
    assert said.preserved_at is not None and said.customer.signed_at is not None
    assert abs(said.customer.signed_at - datetime.now(UTC)) < timedelta(minutes=5)


def test_a_flipped_byte_anywhere_is_seen(copy: bytes) -> None:
    for place in random.Random(7).sample(range(len(copy)), 40):
        changed = flipped(copy, place, 1 << random.Random(place).randrange(8))
        assert verdict(changed) is not Verdict.OURS, place


def test_a_flipped_byte_in_the_only_place_that_is_not_covered_is_seen(copy: bytes) -> None:
    """Where the archive time stamp stands: also to another spelling of the same, or among the zeros after it."""
    archive = parts(copy)[-1]
    places = {*range(archive.begins, archive.ends, 211), archive.begins, archive.ends - 1, archive.ends - 2}
    for place in sorted(places):
        for bit in (0x01, 0x20):
            assert verdict(flipped(copy, place, bit)) is not Verdict.OURS, (place, bit)


def test_a_stripped_customers_signature_leaves_a_document_that_nobody_signed(copy: bytes) -> None:
    said = validate(revisions(copy)[1], clock.now())

    assert said.verdict is Verdict.SEALED_ONLY
    assert said.customer is None and said.seal is not None and said.seal.is_intact


def test_a_stripped_archive_time_stamp_is_seen(copy: bytes) -> None:
    assert verdict(revisions(copy)[2]) is Verdict.ALTERED


def test_the_document_before_anybody_signed_is_unsigned(copy: bytes) -> None:
    assert verdict(revisions(copy)[0]) is Verdict.UNSIGNED


@pytest.mark.parametrize("added", [b"\n", b"%", b"\n%%EOF\n", b" " * 2_000])
def test_appended_bytes_are_seen(copy: bytes, added: bytes) -> None:
    assert verdict(copy + added) in BAD


def test_a_text_laid_over_the_page_is_seen(copy: bytes) -> None:
    def lay(writer: IncrementalPdfFileWriter) -> None:
        words = b"BT /F1 20 Tf 100 700 Td (0,00 EUR) Tj ET"
        writer.add_stream_to_page(0, writer.add_object(generic.StreamObject(stream_data=words)))

    assert verdict(added_to(copy, lay)) is Verdict.ALTERED


def test_a_note_stuck_on_the_page_is_seen(copy: bytes) -> None:
    def stick(writer: IncrementalPdfFileWriter) -> None:
        note = {"/Type": "/Annot", "/Subtype": "/FreeText"}
        made = generic.DictionaryObject({pdf_name(key): pdf_name(value) for key, value in note.items()})
        made["/Rect"] = generic.ArrayObject(map(generic.NumberObject, (100, 100, 300, 200)))
        made["/Contents"] = generic.pdf_string("brezplačno")
        writer.register_annotation(writer.find_page_for_modification(0)[0], writer.add_object(made))

    assert verdict(added_to(copy, stick)) is Verdict.ALTERED


def test_another_look_of_the_signature_is_seen(copy: bytes) -> None:
    def repaint(writer: IncrementalPdfFileWriter) -> None:
        field = writer.root["/AcroForm"]["/Fields"][1]
        look = RawContent(b"0 0 100 100 re f", box=BoxConstraints(width=212, height=68)).as_form_xobject()
        field["/AP"] = generic.DictionaryObject({pdf_name("/N"): writer.add_object(look)})
        writer.update_container(field)

    assert verdict(added_to(copy, repaint)) is Verdict.ALTERED


def test_another_title_is_seen(copy: bytes) -> None:
    def rename(writer: IncrementalPdfFileWriter) -> None:
        writer.root["/Lang"] = generic.pdf_string("en")
        writer.update_root()

    assert verdict(added_to(copy, rename)) is Verdict.ALTERED


def test_a_page_taken_away_is_seen(copy: bytes) -> None:
    def take(writer: IncrementalPdfFileWriter) -> None:
        pages = writer.root["/Pages"]
        pages["/Kids"] = generic.ArrayObject([pages["/Kids"].raw_get(1)])
        pages["/Count"] = generic.NumberObject(1)
        writer.update_container(pages)

    assert verdict(added_to(copy, take)) is Verdict.ALTERED


def test_something_put_between_the_seal_and_the_signature_is_seen(copy: bytes) -> None:
    """The customer's signature is torn off, the page is changed, and the signature is put back behind it."""
    sealed, whole = revisions(copy)[1], copy

    def lay(writer: IncrementalPdfFileWriter) -> None:
        words = generic.StreamObject(stream_data=b"0 0 600 800 re f")
        writer.add_stream_to_page(0, writer.add_object(words))

    assert verdict(added_to(sealed, lay) + whole[len(sealed) :]) in BAD


def test_a_truncated_file_is_seen(copy: bytes) -> None:
    for length in (len(copy) - 1, len(copy) - 100, len(copy) // 2, 2_000, 9, 1):
        assert verdict(copy[:length]) is not Verdict.OURS, length


def test_two_documents_in_one_file_are_seen(copy: bytes, paper: bytes) -> None:
    assert verdict(copy + copy) in BAD
    assert verdict(copy + paper) is not Verdict.OURS
    assert verdict(paper + copy) in BAD


def test_bytes_before_the_document_are_seen(copy: bytes) -> None:
    assert verdict(b"\n" + copy) in BAD


def test_a_table_of_contents_that_points_elsewhere_is_seen(copy: bytes) -> None:
    """Whoever follows it sees the document as it was before it was signed, and nothing of ours."""
    last, first = copy.rindex(b"startxref"), copy.index(b"startxref")
    pointing = copy[first : first + 20].split(b"\n")[1]

    assert verdict(copy[:last] + b"startxref\n" + pointing + b"\n%%EOF\n") in (*BAD, Verdict.UNSIGNED)


def flipped(pdf: bytes, place: int, bits: int) -> bytes:
    return pdf[:place] + bytes([pdf[place] ^ bits]) + pdf[place + 1 :]


def added_to(pdf: bytes, change: object) -> bytes:
    """As any PDF editor saves: what changed is appended."""
    assert callable(change)
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(writer)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()
