"""What Piccolo reads (PICCOLO_CONF): the engine and the one app."""

from __future__ import annotations

from piccolo.conf.apps import AppRegistry

from portal.database import DB

APP_REGISTRY = AppRegistry(apps=["migrations.piccolo_app"])

__all__ = ["APP_REGISTRY", "DB"]
