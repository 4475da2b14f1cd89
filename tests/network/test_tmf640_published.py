"""What our adapter sends, what our strict server answers and the schemas between them, held against the specification
that TM Forum published, where it is at hand. The stories beside this prove the same by our own schemas.
"""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from portal.network.port import NetworkRefused
from portal.network.tables import ALL_BARRED, OPEN, OUTGOING_BARRED, Setting
from portal.network.tmf640.adapter import Tmf640Network
from portal.network.tmf640.mapping import STATES
from portal.settings import ROOT
from tests.network import tmf640_schemas as ours
from tests.network import tmf640_server as tmf640
from tests.network.tmf640_documents import error
from tests.network.tmf640_server import Asked, Tmf640Server, answers

PUBLISHED = ROOT.parent / "shared" / "data" / "tmf640" / "TMF640-v4.0.0.swagger.json"
LINE = "+38641000001"

pytestmark = pytest.mark.skipif(not PUBLISHED.exists(), reason="the published TMF640 specification is not at hand")


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(PUBLISHED.read_text())
    return read


def fits(published: dict[str, Any], name: str, document: Any) -> None:
    """Swagger 2.0 schemas are those of JSON Schema, draft 4."""
    schema = {"definitions": published["definitions"], "$ref": f"#/definitions/{name}"}
    jsonschema.Draft4Validator(schema).validate(document)


def operation(published: dict[str, Any], asked: Asked) -> dict[str, Any]:
    """Of the published paths the one that was asked for."""
    resource, *known_as = asked.segments
    path = published["paths"][f"/{resource}/{{id}}" if known_as else f"/{resource}"]
    found: dict[str, Any] = path[asked.method.lower()]
    return found


async def everything(server: Tmf640Server, adapter: Tmf640Network) -> None:
    """All that the adapter ever asks, and each kind of answer."""
    server.connect(LINE, "roaming", "call_forwarding")
    for profile in (OPEN, OUTGOING_BARRED, ALL_BARRED):
        await adapter.apply(LINE, profile, "1")
    for setting in (Setting(True, "+38640111222"), Setting(True), Setting(False)):
        await adapter.switch(LINE, "call_forwarding", setting, "2")
    await adapter.profile_of(LINE)
    await adapter.services_of(LINE)
    server.orders = tmf640.later
    under_way = await adapter.apply(LINE, OPEN, "3")
    assert under_way
    await adapter.became(under_way)
    server.finish()
    await adapter.became(under_way)


async def test_every_request_is_one_of_the_published_operations(
    published: dict[str, Any], server: Tmf640Server, adapter: Tmf640Network
) -> None:
    await everything(server, adapter)

    assert published["basePath"] == tmf640.ROOT
    for asked in server.asked:
        known = {parameter["name"] for parameter in operation(published, asked)["parameters"]}
        assert set(asked.query) - known <= {"serviceRelationship.service.id"}  # attribute filtering is TMF630's
        assert asked.method == "GET" or [asked.headers["content-type"]] == published["consumes"]


async def test_every_order_is_a_published_service_update(
    published: dict[str, Any], server: Tmf640Server, adapter: Tmf640Network
) -> None:
    await everything(server, adapter)

    orders = [asked for asked in server.asked if asked.method == "PATCH"]
    assert len(orders) == 7
    for asked in orders:
        fits(published, "Service_Update", asked.document)
        assert set(asked.document) <= set(published["definitions"]["Service_Update"]["properties"])


async def test_what_our_server_answers_is_of_the_published_shapes(
    published: dict[str, Any], server: Tmf640Server, adapter: Tmf640Network
) -> None:
    await everything(server, adapter)
    for service in server.services.values():
        fits(published, "Service", service)
    for monitor in server.monitors.values():
        fits(published, "Monitor", monitor)

    refusal = error("conflict", "another service of the line excludes it", message="call us", status="422")
    server.orders = answers(422, refusal)
    with pytest.raises(NetworkRefused):
        await adapter.apply(LINE, OPEN, "4")
    fits(published, "Error", refusal)


def test_the_filter_leads_through_what_is_published(published: dict[str, Any]) -> None:
    definitions = published["definitions"]
    relationship = definitions["Service"]["properties"]["serviceRelationship"]["items"]["$ref"].rpartition("/")[2]
    service = definitions[relationship]["properties"]["service"]["$ref"].rpartition("/")[2]

    assert "id" in definitions[service]["properties"]


def test_the_states_we_know_are_the_published_ones(published: dict[str, Any]) -> None:
    assert set(published["definitions"]["ServiceStateType"]["enum"]) == STATES == set(ours.STATE["enum"])
    assert published["definitions"]["Any"] == {}


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("Service", ours.SERVICE),
        ("Service_Update", ours.SERVICE_UPDATE),
        ("Characteristic", ours.CHARACTERISTIC),
        ("ServiceRelationship", ours.RELATIONSHIP),
        ("Note", ours.NOTE),
        ("Monitor", ours.MONITOR),
        ("Request", ours.REQUEST),
        ("Response", ours.RESPONSE),
        ("HeaderItem", ours.HEADER),
        ("Error", ours.ERROR),
    ],
)
def test_our_schemas_allow_nothing_that_is_not_published(
    published: dict[str, Any], name: str, schema: dict[str, Any]
) -> None:
    definition = published["definitions"][name]

    assert set(schema["properties"]) <= set(definition["properties"])
    assert set(definition.get("required", [])) <= set(schema["required"])
    for known_as, said in schema["properties"].items():
        kind = definition["properties"][known_as].get("type")  # none where it refers to another definition
        assert kind is None or said.get("type", "string") == kind, known_as
