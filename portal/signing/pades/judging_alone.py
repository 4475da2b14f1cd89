"""The process that judges one file and ends: `python -m portal.signing.pades.judging_alone`.

In: one line of JSON (whom to trust, and the moment), then the file. Out: the validation as JSON.
"""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict
from datetime import datetime

CPU_SECONDS = 8
MEMORY = 1024 * 1024 * 1024


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    asked = json.loads(sys.stdin.buffer.readline())
    sys.stdout.write(told(asked["at"], asked["certificates"], sys.stdin.buffer.read()))


def told(at: str, certificates: list[str], pdf: bytes) -> str:
    from cryptography import x509  # here, and what follows: under the limits

    from portal.signing.pades.judging import judge
    from portal.signing.pades.trust import Trust

    root, issuing, *stampers = (x509.load_pem_x509_certificate(pem.encode()) for pem in certificates)
    said = judge(pdf, datetime.fromisoformat(at), Trust(root, issuing, stampers))
    return json.dumps(asdict(said), default=plain)


def plain(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else value.isoformat() if isinstance(value, datetime) else str(value)


if __name__ == "__main__":
    main()
