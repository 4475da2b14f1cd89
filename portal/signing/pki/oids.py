"""Object identifiers of this portal's own: under 2.25 anybody may use the number of a UUID (ITU-T X.667)."""

from __future__ import annotations

SIGNER_POLICY = "2.25.113692355472584841822903325787486188759"
"""How a certificate for one signing comes to be: docs/signing-keys.md."""
SEAL_POLICY = "2.25.5040273116900483689924268494737562707"
TIMESTAMP_POLICY = "2.25.115441364160794657866671057408458278376"
"""The demo's time stamps."""
DOCUMENT_SIGNING = "1.3.6.1.5.5.7.3.36"
"""RFC 9336."""
