"""Attacks that are known against signed PDFs, and on what is ours about them: no forgery passes as a document of ours.

Sources: «1 Trillion Dollar Refund» (2019: USF, SWA, ISA), «Shadow Attacks» (2021), «Processing Dangerous Paths» (2021).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.embed import EmbeddedFileObject, FileSpec, embed_file
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from portal import clock
from portal.settings import settings
from portal.signing.pades import signing
from portal.signing.pades.hands import Hand
from portal.signing.pades.signing import Signing, Wanted, sign
from portal.signing.pades.validating import Verdict, validate
from portal.signing.pades.validation import Validation
from portal.signing.pki.authority import Person, authority
from portal.signing.pki.authority import timestamper as timestamper_of_demo
from portal.signing.pki.ceremony import Ceremony
from portal.signing.pki.folder import Keys
from tests.signing.pades.cut import parts
from tests.signing.pades.test_what_was_tampered_with import BAD, added_to
from tests.signing.pades.timestamper import OpenSsl, openssl_timestamper

Change = Callable[[IncrementalPdfFileWriter], None]
AMOUNT = b"BT /F1 20 Tf 100 700 Td (0,00 EUR) Tj ET"


def said(pdf: bytes) -> Validation:
    return validate(pdf, clock.now())


def dictionary(**entries: generic.PdfObject) -> generic.DictionaryObject:
    return generic.DictionaryObject({pdf_name(f"/{name}"): value for name, value in entries.items()})


def other_content(writer: IncrementalPdfFileWriter) -> None:
    """Shadow, replace: the page's own content under its own number."""
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=AMOUNT))
    writer.update_container(page)


def another_font(writer: IncrementalPdfFileWriter) -> None:
    """Shadow, replace: what is drawn stays, and looks otherwise."""
    resources = writer.root["/Pages"]["/Kids"][0]["/Resources"]
    font = next(iter(resources["/Font"].values())).get_object()
    font["/Encoding"] = pdf_name("/WinAnsiEncoding")
    writer.update_container(font)


def another_root(writer: IncrementalPdfFileWriter) -> None:
    """Shadow, hide and replace: the table points to another tree of pages."""
    page = dictionary(
        Type=pdf_name("/Page"),
        MediaBox=generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 842))),
        Contents=writer.add_object(generic.StreamObject(stream_data=AMOUNT)),
    )
    pages = dictionary(Type=pdf_name("/Pages"), Count=generic.NumberObject(1))
    held = writer.add_object(pages)
    page["/Parent"] = held
    pages["/Kids"] = generic.ArrayObject([writer.add_object(page)])
    writer.root["/Pages"] = held
    writer.update_root()


def hidden_layer(writer: IncrementalPdfFileWriter) -> None:
    """Shadow, hide: a layer that is switched off."""
    group = writer.add_object(dictionary(Type=pdf_name("/OCG"), Name=generic.pdf_string("x")))
    off = dictionary(OFF=generic.ArrayObject([group]))
    writer.root["/OCProperties"] = dictionary(OCGs=generic.ArrayObject([group]), D=off)
    writer.update_root()


def javascript(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/OpenAction"] = dictionary(S=pdf_name("/JavaScript"), JS=generic.pdf_string("app.alert(1)"))
    writer.update_root()


def script_of_a_field(writer: IncrementalPdfFileWriter) -> None:
    field = writer.root["/AcroForm"]["/Fields"][1]
    script = dictionary(S=pdf_name("/JavaScript"), JS=generic.pdf_string("app.alert(1)"))
    field["/AA"] = dictionary(E=script)
    writer.update_container(field)


def xfa(writer: IncrementalPdfFileWriter) -> None:
    form = writer.root["/AcroForm"]
    form["/XFA"] = writer.add_object(generic.StreamObject(stream_data=b"<xdp:xdp/>"))
    writer.update_container(form)


def another_field(writer: IncrementalPdfFileWriter) -> None:
    """A form that is filled in by whoever comes after."""
    form = writer.root["/AcroForm"]
    field = dictionary(FT=pdf_name("/Tx"), T=generic.pdf_string("znesek"), V=generic.pdf_string("0,00"))
    form["/Fields"].append(writer.add_object(field))
    writer.update_container(form["/Fields"])


def moved_field(writer: IncrementalPdfFileWriter) -> None:
    field = writer.root["/AcroForm"]["/Fields"][1]
    field["/Rect"] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 842)))
    writer.update_container(field)


def attachment(writer: IncrementalPdfFileWriter) -> None:
    file = EmbeddedFileObject.from_file_data(writer, data=b"rider", mime_type="text/plain")
    embed_file(writer, FileSpec("rider.txt", file_name="rider.txt", embedded_data=file))


def other_store(writer: IncrementalPdfFileWriter) -> None:
    """The security store without what shows that nothing was revoked."""
    store = writer.root["/DSS"]
    store["/OCSPs"], store["/CRLs"] = generic.ArrayObject(), generic.ArrayObject()
    writer.update_container(store)


def fuller_store(writer: IncrementalPdfFileWriter) -> None:
    store = writer.root["/DSS"]
    store["/CRLs"].append(writer.add_object(generic.StreamObject(stream_data=b"\x30\x00")))
    writer.update_container(store["/CRLs"])


def other_certifying(writer: IncrementalPdfFileWriter) -> None:
    """The document names the customer's signature as what says which changes are allowed."""
    writer.root["/Perms"] = dictionary(DocMDP=writer.root["/AcroForm"]["/Fields"][1].raw_get("/V"))
    writer.update_root()


@pytest.mark.parametrize(
    "change",
    [
        *(other_content, another_font, another_root, hidden_layer, javascript, script_of_a_field, xfa, another_field),
        *(moved_field, attachment, other_store, fuller_store, other_certifying),
    ],
)
def test_what_is_saved_on_top_is_seen(copy: bytes, change: Change) -> None:
    found = said(added_to(copy, change))

    assert found.verdict in BAD
    assert found.reasons


@pytest.mark.parametrize("which", [0, 1, 2])
@pytest.mark.parametrize(
    ("there", "instead"),
    [
        (rb"/ByteRange", b"/ByteRonge"),
        (rb"/ByteRange\s*\[\s*0 ", b"/ByteRange [1 "),
        (rb"/Contents\s*<", b"/Cuntents <"),
        (rb"/SubFilter\s*/[\w.]+", b"/SubFilter /X"),
    ],
)
def test_a_signature_that_forgot_what_it_signs_is_seen(copy: bytes, which: int, there: bytes, instead: bytes) -> None:
    """Universal signature forgery: a reader that finds nothing to check is satisfied."""
    at, ends = [found.span() for found in re.finditer(there, copy)][which]

    assert said(copy[:at] + instead.ljust(ends - at)[: ends - at] + copy[ends:]).verdict is not Verdict.OURS


def test_a_signature_around_something_else_is_seen(copy: bytes) -> None:
    """Signature wrapping: what is covered moves back, and something else stands where it was."""
    last = [*re.finditer(rb"/ByteRange\s*\[0 (\d+) (\d+) (\d+)", copy)][-1]
    second = int(last[2])
    smuggled = b"\n9 0 obj\n<< /Type /Page >>\nendobj\n"
    moved = copy[:second] + smuggled + copy[second:]
    ranges = b"%d" % (second + len(smuggled))
    wrapped = moved[: last.start(2)] + ranges.rjust(len(last[2])) + moved[last.end(2) :]

    assert said(wrapped).verdict in BAD
    assert said(moved).verdict in BAD


def test_a_revision_without_its_table_is_seen(copy: bytes) -> None:
    """Incremental saving: an object that shadows a signed one, without a table, and with one that says nothing."""
    shadow = b"1 0 obj\n<< /Type /Page >>\nendobj\n"
    begins = copy[copy.rindex(b"startxref") :]

    for added in (shadow, shadow + begins, shadow + b"xref\n0 0\ntrailer\n<< /Size 1 >>\n" + begins, begins):
        assert said(copy + added).verdict in BAD


@pytest.mark.parametrize("before", [b"%PDF-1.7\n", b"%PDF-2.0\n1 0 obj\nnull\nendobj\n", b"\x00" * 100, b"MZ"])
def test_what_stands_before_the_document_is_seen(copy: bytes, before: bytes) -> None:
    assert said(before + copy).verdict in BAD


def test_a_signature_from_another_document_is_seen(
    copy: bytes, paper: bytes, ana_signs: Wanted, timestamper: OpenSsl
) -> None:
    """Maja signed a document of hers; her signature is pasted over Ana's. Both are good, of our authority, in time."""
    of_maja = replace(ana_signs, person=Person("A1-2222-3333", "Maja Zajec"))
    hers = sign([paper + b"\n"], of_maja, authority(), timestamper.url, clock.now).pdfs[0]

    for number in (0, 1, 2):
        place, pasted = parts(copy)[number], parts(hers)[number].cms
        room = place.ends - place.begins - 2
        written = pasted.hex().upper().encode().ljust(room, b"0")[:room]
        assert said(copy[: place.begins + 1] + written + copy[place.ends - 1 :]).verdict in BAD, number


Forgery = Callable[[Signing], None]


def forged(
    monkeypatch: pytest.MonkeyPatch, paper: bytes, wanted: Wanted, timestamper: OpenSsl, change: Forgery
) -> Validation:
    """By somebody who has the portal's own keys in hand, or by a fault of ours."""

    class Forging(Signing):
        def __init__(self, *known: object) -> None:
            super().__init__(*known)  # type: ignore[arg-type] # as they come
            change(self)

    monkeypatch.setattr(signing, "Signing", Forging)
    return said(sign([paper], wanted, authority(), timestamper.url, clock.now).pdfs[0])


def without_the_record(made: Signing) -> None:
    made.customer = Hand(made.customer.key, made.certificate, made.authority.issuing, None)


def by_the_seal(made: Signing) -> None:
    made.customer = Hand(made.seal.key, made.authority.seal.certificate, made.authority.issuing, bytes(32))


def by_the_responder(made: Signing) -> None:
    mine = made.authority
    made.customer = Hand(mine.responder.key, mine.responder.certificate, mine.issuing, bytes(32))


def by_the_issuer_itself(made: Signing) -> None:
    mine = made.authority
    made.customer = Hand(mine.issuer.key, mine.issuing, mine.root, bytes(32))


def by_the_demos_timestamper(made: Signing) -> None:
    tsa = timestamper_of_demo(settings())
    made.customer = Hand(tsa.key, tsa.certificate, made.authority.root, bytes(32))


def by_a_customer_as_the_seal(made: Signing) -> None:
    made.seal = Hand(made.customer.key, made.certificate, made.authority.issuing, bytes(32))


def as_it_should_be(made: Signing) -> None:
    made.customer = Hand(made.customer.key, made.certificate, made.authority.issuing, bytes(32))


def test_what_forges_here_makes_a_good_one_when_nothing_is_forged(
    monkeypatch: pytest.MonkeyPatch, paper: bytes, ana_signs: Wanted, timestamper: OpenSsl
) -> None:
    assert forged(monkeypatch, paper, ana_signs, timestamper, as_it_should_be).is_ours


@pytest.mark.parametrize(
    "change",
    [
        *(without_the_record, by_the_seal, by_the_responder, by_the_issuer_itself, by_the_demos_timestamper),
        by_a_customer_as_the_seal,
    ],
)
def test_a_certificate_of_ours_that_is_for_something_else_signs_for_nobody(
    monkeypatch: pytest.MonkeyPatch,
    paper: bytes,
    ana_signs: Wanted,
    timestamper: OpenSsl,
    change: Forgery,
) -> None:
    assert forged(monkeypatch, paper, ana_signs, timestamper, change).verdict in (*BAD, Verdict.SEALED_ONLY)


def test_a_signature_at_a_time_that_nobody_trusts_says_no_time(
    monkeypatch: pytest.MonkeyPatch, paper: bytes, ana_signs: Wanted, timestamper: OpenSsl, tmp_path: Path
) -> None:
    """The certificate was good then, the seal and the archive are stamped as they should be, the signature is not."""
    Ceremony(tmp_path / "theirs", b"of somebody else's keys", "Lažni čas", "https://lazni.test", is_demo=True).hold(
        clock.now()
    )
    with openssl_timestamper(Keys(tmp_path / "theirs"), b"of somebody else's keys") as liar:

        class Forging(Signing):
            async def add_signature(self, pdf: object) -> None:
                right, self.timestamps.url = self.timestamps.url, liar.url
                await super().add_signature(pdf)  # type: ignore[arg-type] # as it comes
                self.timestamps.url = right

        monkeypatch.setattr(signing, "Signing", Forging)
        found = said(sign([paper], ana_signs, authority(), timestamper.url, clock.now).pdfs[0])

    assert found.verdict is Verdict.ALTERED
    assert found.customer is not None and found.customer.signed_at is None
