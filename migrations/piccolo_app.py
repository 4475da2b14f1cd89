"""The one Piccolo app: every table of the portal, one migration history."""

from __future__ import annotations

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

TABLES = [
    "portal.audit",
    "portal.limits",
    "portal.customers.tables",
    "portal.messaging.tables",
    "portal.network.tables",
    "portal.identity.tables",
    "portal.billing.tables",
    "portal.services.tables",
    "portal.usage.tables",
    "portal.dunning.case_tables",
    "portal.dunning.tables",
    "portal.dunning.relief_tables",
    "portal.dunning.endings.tables",
    "portal.payments.tables",
    "portal.payments.bank.tables",
    "portal.signing.tables",
]

APP_CONFIG = AppConfig(
    app_name="moj",
    migrations_folder_path=str(Path(__file__).parent),
    table_classes=table_finder(modules=TABLES, exclude_imported=True),
    migration_dependencies=[],
)
