"""Where the signatures stand on the last page of every document: (left, bottom, right, top) in points of PDF."""

MILLIMETRE = 72 / 25.4
LEFT_CUSTOMER, LEFT_OPERATOR, BOTTOM, WIDTH, HEIGHT = 25, 110, 25, 75, 24
"""In millimetres, from the left and bottom edges of an A4 sheet. templates/documents/sheet.typ keeps them free."""

Box = tuple[float, float, float, float]


def box(left: float) -> Box:
    return left * MILLIMETRE, BOTTOM * MILLIMETRE, (left + WIDTH) * MILLIMETRE, (BOTTOM + HEIGHT) * MILLIMETRE


CUSTOMER_BOX = box(LEFT_CUSTOMER)
OPERATOR_BOX = box(LEFT_OPERATOR)
