"""What a signature shows on the page, drawn by Typst in the face of the documents and put into a PDF as it is."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from functools import cached_property

import typst
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from portal.messaging.letters import fonts
from portal.settings import ROOT
from portal.web.templating import TEMPLATES

DRAWING = TEMPLATES / "documents" / "stamp.typ"


@dataclass(frozen=True)
class Stamp:
    """`name` stands out, `lines` below it. Drawn once for all documents of an envelope."""

    name: str
    lines: tuple[str, ...]
    language: str

    @cached_property
    def drawing(self) -> generic.DictionaryObject:
        """The page that Typst made of it."""
        shown = {"name": self.name, "lines": self.lines, "language": self.language}
        made = typst.compile(
            DRAWING,
            root=ROOT,
            font_paths=fonts(),
            ignore_system_fonts=True,
            sys_inputs={"stamp": json.dumps(shown, ensure_ascii=False)},
            format="pdf",
            pdf_tags=False,
        )
        assert isinstance(made, bytes)
        page: generic.DictionaryObject = PdfFileReader(io.BytesIO(made)).root["/Pages"]["/Kids"][0]
        return page

    def show(self, writer: IncrementalPdfFileWriter, field: generic.IndirectObject) -> None:
        """Let the field look like this."""
        widget = field.get_object()
        widget["/AP"] = generic.DictionaryObject({pdf_name("/N"): self.put_into(writer)})
        writer.update_container(widget)

    def put_into(self, writer: IncrementalPdfFileWriter) -> generic.IndirectObject:
        """A form XObject with this drawing."""
        page = self.drawing
        form = generic.StreamObject(stream_data=page["/Contents"].data)
        form[pdf_name("/Type")] = pdf_name("/XObject")
        form[pdf_name("/Subtype")] = pdf_name("/Form")
        form[pdf_name("/BBox")] = generic.ArrayObject(page["/MediaBox"])
        form[pdf_name("/Resources")] = writer.import_object(page["/Resources"])
        form.compress()
        return writer.add_object(form)
