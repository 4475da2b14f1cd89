"""What `deploy/nginx.conf` has to know of the portal: which addresses are keys, and what may be long."""

from __future__ import annotations

import re

from portal.logs import SECRET_IN_PATH
from portal.settings import ROOT
from portal.signing.verifying.pages import LARGEST_BODY

NGINX = (ROOT / "deploy" / "nginx.conf").read_text()


def test_addresses_that_are_keys_are_written_to_neither_log() -> None:
    found = re.search(r"\(\?:([a-z|]+)\)", SECRET_IN_PATH.pattern)
    assert found is not None

    for name in found[1].split("|"):
        assert re.search(rf"^ +~\^/{name}/ +/{name}/\.\.\.;$", NGINX, re.MULTILINE), name
        assert "error_log /var/log/nginx/error.log crit;" in location(f"^~ /{name}/")


def test_a_file_to_be_checked_gets_through_as_long_as_the_portal_reads_it() -> None:
    assert f"client_max_body_size {LARGEST_BODY >> 20}m;" in location("= /verify")


def location(of: str) -> str:
    return NGINX.split(f"location {of} {{")[1].split("}")[0]
