"""Moj: the self-service portal of a telecom operator."""

import os

os.environ.setdefault("PICCOLO_CONF", "migrations.conf")
