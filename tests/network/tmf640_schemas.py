"""What of TMF640 v4.0.0 our adapter and a server say to each other, as JSON Schemas of our own, stricter than the
published one: nothing else may stand in an object than what the specification names.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
YES_OR_NO: Schema = {"type": "boolean"}
EXTENSIBLE = {"@baseType": TEXT, "@schemaLocation": TEXT, "@type": TEXT}
REFERRING = {**EXTENSIBLE, "@referredType": TEXT}


def exactly(properties: Schema, *required: str) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def listed(item: Schema) -> Schema:
    return {"type": "array", "items": item}


STATE: Schema = {"enum": ["feasibilityChecked", "designed", "reserved", "inactive", "active", "terminated"]}
# `value` is of the type Any: whatever JSON it is.
CHARACTERISTIC = exactly(
    {"id": TEXT, "name": TEXT, "valueType": TEXT, "value": {}, "characteristicRelationship": listed({}), **EXTENSIBLE},
    "name",
    "value",
)
REFERENCE = exactly({"id": TEXT, "href": TEXT, "name": TEXT, **REFERRING}, "id")
RELATIONSHIP = exactly({"relationshipType": TEXT, "service": REFERENCE, **EXTENSIBLE}, "relationshipType")
NOTE = exactly({"id": TEXT, "author": TEXT, "date": MOMENT, "text": TEXT, **EXTENSIBLE})
CHANGEABLE: Schema = {
    "category": TEXT,
    "description": TEXT,
    "endDate": MOMENT,
    "hasStarted": YES_OR_NO,
    "isBundle": YES_OR_NO,
    "isServiceEnabled": YES_OR_NO,
    "isStateful": YES_OR_NO,
    "name": TEXT,
    "serviceType": TEXT,
    "startDate": MOMENT,
    "startMode": TEXT,
    "note": listed(NOTE),
    "serviceCharacteristic": listed(CHARACTERISTIC),
    "serviceRelationship": listed(RELATIONSHIP),
    "state": STATE,
    **EXTENSIBLE,
}
SERVICE_UPDATE = exactly(CHANGEABLE)
SERVICE = exactly({"id": TEXT, "href": TEXT, "serviceDate": TEXT, **CHANGEABLE})
ERROR = exactly(
    {"code": TEXT, "reason": TEXT, "message": TEXT, "status": TEXT, "referenceError": TEXT, **EXTENSIBLE},
    "code",
    "reason",
)
HEADER = exactly({"name": TEXT, "value": TEXT, **EXTENSIBLE}, "name", "value")
HEADERS: Schema = {**listed(HEADER), "minItems": 1}
REQUEST = exactly({"method": TEXT, "to": TEXT, "body": TEXT, "header": HEADERS, **EXTENSIBLE}, "body", "header")
RESPONSE = exactly({"statusCode": TEXT, "body": TEXT, "header": HEADERS, **EXTENSIBLE}, "body", "header")
MONITOR = exactly(
    {
        "id": TEXT,
        "href": TEXT,
        "sourceHref": TEXT,
        "state": {"enum": ["InProgress", "InError", "Completed"]},
        "request": REQUEST,
        "response": RESPONSE,
        **EXTENSIBLE,
    }
)
