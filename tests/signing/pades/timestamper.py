"""A timestamper on loopback: OpenSSL's, which knows nothing of ours, over HTTP. It can be told to be away or to lie."""

from __future__ import annotations

import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import Certificate

from portal.signing.pki.folder import Keys
from portal.signing.pki.keys import PrivateKey

CONFIGURATION = """
[tsa]
default_tsa = ours
[ours]
serial = {folder}/serial
signer_cert = {folder}/tsa.crt
certs = {folder}/chain.crt
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""


class OpenSsl:
    """`answers`: what the last questions were answered with, to be changed by a test. `asked` counts."""

    def __init__(self, key: PrivateKey, certificate: Certificate, chain: Sequence[Certificate], folder: Path) -> None:
        self.folder, self.url, self.asked = folder, "", 0
        self.reply: Callable[[bytes], tuple[int, str, bytes]] = self.stamped
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / "tsa.key").write_bytes(pem)
        (folder / "tsa.crt").write_bytes(certificate.public_bytes(Encoding.PEM))
        (folder / "chain.crt").write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in chain))
        (folder / "serial").write_text("01\n")
        (folder / "tsa.cnf").write_text(CONFIGURATION.format(folder=folder))
        self.busy = threading.Lock()

    def stamped(self, query: bytes) -> tuple[int, str, bytes]:
        with self.busy:
            (self.folder / "query").write_bytes(query)
            made = subprocess.run(
                ["openssl", "ts", "-reply", "-queryfile", "query", "-config", "tsa.cnf"],
                cwd=self.folder,
                capture_output=True,
                check=True,
            )
        return 200, "application/timestamp-reply", made.stdout


def openssl_timestamper(keys: Keys, passphrase: bytes) -> AbstractContextManager[OpenSsl]:
    return timestamper_of(keys.key("tsa", passphrase), keys.certificate("tsa"), [keys.certificate("root")])


@contextmanager
def timestamper_of(key: PrivateKey, certificate: Certificate, chain: Sequence[Certificate]) -> Iterator[OpenSsl]:
    """`chain`: what is sent along with each time stamp."""
    with tempfile.TemporaryDirectory(prefix="portal-tsa-") as folder:
        ours = OpenSsl(key, certificate, chain, Path(folder))

        class Answer(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                ours.asked += 1
                status, kind, body = ours.reply(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        ours.url = f"http://127.0.0.1:{server.server_port}/"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield ours
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
