"""Static files under names that change with their content, compressed once, served for a year."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

import brotli
import zstandard

from portal.settings import ROOT

STATIC = ROOT / "static"
MEDIA_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
SMALL = 600
UNQUOTED = " ='/:().,;@&!$*+-_~"
SCRIPTS = {"htmx.js": "js/htmx-4.0.1.min.js", "moj.js": "js/moj.js"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it goes over the wire."""

    name: str
    media_type: str
    plain: bytes
    brotli: bytes
    zstd: bytes


def asset(name: str) -> str:
    """The address of a static file or bundle: `/static/entry.3f2a9c81d0e4.css`.

    A small picture is its own address: a request for it would cost more than it does.
    """
    content = contents()[name]
    if name.endswith(".svg") and len(content) < SMALL:
        return f"data:image/svg+xml,{quote(content, safe=UNQUOTED)}"
    return f"/static/{paths()[name]}"


@lru_cache(maxsize=1)
def paths() -> dict[str, str]:
    return {name: _hashed(name, content) for name, content in contents().items()}


@lru_cache(maxsize=1)
def assets() -> dict[str, Asset]:
    """Every asset by its hashed name."""
    return {paths()[name]: _compressed(name, content) for name, content in contents().items()}


@lru_cache(maxsize=1)
def contents() -> dict[str, bytes]:
    """The bundles of `static/css/bundles.toml` joined in their order, and every other file as it is."""
    css = STATIC / "css"
    bundles = tomllib.loads((css / "bundles.toml").read_text())
    joined = {f"{name}.css": b"".join((css / part).read_bytes() for part in parts) for name, parts in bundles.items()}
    scripts = {name: (STATIC / path).read_bytes() for name, path in SCRIPTS.items()}
    pictures = {path.name: path.read_bytes() for path in sorted(STATIC.glob("*.*"))}
    return joined | scripts | pictures


def _hashed(name: str, content: bytes) -> str:
    path = Path(name)
    return f"{path.stem}.{hashlib.sha256(content).hexdigest()[:12]}{path.suffix}"


def _compressed(name: str, content: bytes) -> Asset:
    return Asset(
        name=name,
        media_type=MEDIA_TYPES[Path(name).suffix],
        plain=content,
        brotli=brotli.compress(content, quality=11),
        zstd=zstandard.compress(content, 19),
    )
