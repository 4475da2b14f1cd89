"""The fields of both signatures, empty at first: one that is added after the seal would break it.

Each stands in the structure tree of the tagged PDF, so that a screen reader meets it after the text.
Source: ISO 32000-1, 12.7.4.5 (signature fields), 14.7.4.3 and 14.7.4.4 (objects in the structure tree).
"""

from __future__ import annotations

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field, enumerate_sig_fields

from portal.signing.papers.place import CUSTOMER_BOX, OPERATOR_BOX

SEAL, CUSTOMER, ARCHIVE = "Operator", "Customer", "Archive"
"""The names of the fields; that of the archive time stamp has no place on a page."""
LAST_PAGE = -1


def add_fields(writer: IncrementalPdfFileWriter, names: dict[str, str]) -> None:
    """`names`: what a screen reader says of each field."""
    for field, box in ((SEAL, OPERATOR_BOX), (CUSTOMER, CUSTOMER_BOX)):
        append_signature_field(
            writer,
            SigFieldSpec(field, on_page=LAST_PAGE, box=box, readable_field_name=names[field]),  # type: ignore[arg-type] # floats do
        )
        tag(writer, field, names[field])


def tag(writer: IncrementalPdfFileWriter, field: str, name: str) -> None:
    """Give the widget an element at the end of the document's structure."""
    _, _, widget = next(enumerate_sig_fields(writer, with_name=field))
    tree = writer.root["/StructTreeRoot"]
    document = tree["/K"][0]
    key = tree["/ParentTreeNextKey"]
    element = writer.add_object(form_element(widget, tree["/K"].raw_get(0), name))
    widget.get_object()["/StructParent"] = key
    document["/K"].append(element)
    tree["/ParentTree"]["/Nums"].extend([key, element])
    tree["/ParentTreeNextKey"] = generic.NumberObject(key + 1)
    for changed in (document, document["/K"], tree, tree["/ParentTree"], tree["/ParentTree"]["/Nums"]):
        writer.update_container(changed)


def form_element(widget: generic.IndirectObject, parent: generic.IndirectObject, name: str) -> generic.DictionaryObject:
    page = widget.get_object().raw_get("/P")
    kid = {pdf_name("/Type"): pdf_name("/OBJR"), pdf_name("/Obj"): widget, pdf_name("/Pg"): page}
    return generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/StructElem"),
            pdf_name("/S"): pdf_name("/Form"),
            pdf_name("/P"): parent,
            pdf_name("/Pg"): page,
            pdf_name("/Alt"): generic.pdf_string(name),
            pdf_name("/K"): generic.DictionaryObject(kid),
        }
    )
