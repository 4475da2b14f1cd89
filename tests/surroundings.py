"""Settings of a test's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from portal import logs
from portal.settings import settings


@contextmanager
def surroundings(**own: str) -> Iterator[None]:
    """For as long, this process has these settings."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in own.items():
            environment.setenv(name, value)
        forget_settings()
        yield
    forget_settings()


def forget_settings() -> None:
    settings.cache_clear()
    logs.secrets.cache_clear()
