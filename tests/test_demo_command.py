"""`portal demo`, from its first line to Ctrl-C."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from portal.cli import demo
from portal.settings import ROOT
from tests.payments.stand_in import free_port


def test_the_demo_takes_nothing_from_an_operator_s_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(demo, "VAR", tmp_path)
    monkeypatch.setattr(demo, "KEY", tmp_path / "secret-key")
    monkeypatch.setenv("DATABASE_URL", "postgresql://portal@db/customers")
    monkeypatch.setenv("PORTAL_SANDBOX", "0")
    monkeypatch.setenv("STAFF_EMAIL", "anybody@a1.si")
    before = dict(os.environ)

    demo.set_environment(8123)
    made = dict(os.environ)
    os.environ.clear()
    os.environ.update(before)

    assert "DATABASE_URL" not in made
    assert made["PORTAL_URL"] == "http://127.0.0.1:8123"
    assert made["PORTAL_SANDBOX"] == "1"
    assert made["LETTERS_DIR"] == str(tmp_path / "demo-letters")
    assert (tmp_path / "demo-letters").is_dir()
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0
    assert made["SIGNING_KEYS_DIR"] == str(tmp_path / "demo-signing")
    assert made["SIGNING_KEYS_PASSPHRASE"] == (tmp_path / "signing-passphrase").read_text()
    assert (tmp_path / "signing-passphrase").stat().st_mode & 0o077 == 0
    assert made["SIGNING_TSA_URL"] == "http://127.0.0.1:8123/sandbox/tsa"
    assert made["STAFF_EMAIL"] != "anybody@a1.si"


def test_the_demo_s_keys_are_made_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(demo, "VAR", tmp_path)
    made = demo.signing_keys("http://127.0.0.1:8123")
    root = (tmp_path / "demo-signing" / "root.crt").read_bytes()

    assert demo.signing_keys("http://127.0.0.1:8124") == made
    assert (tmp_path / "demo-signing" / "root.crt").read_bytes() == root
    assert (tmp_path / "demo-signing" / "tsa.crt").exists()


def test_the_demo_starts_tells_who_can_sign_in_and_ends_with_ctrl_c(environment: dict[str, str]) -> None:
    port = free_port()
    with started(environment, port) as process:
        said = "".join(line_by_line(process, until="Ctrl-C"))
        page = httpx.get(f"http://127.0.0.1:{port}/sign-in", headers={"accept-language": "sl"}).text
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)

    assert "Prijava" in page
    assert "Bojan Kralj" in said
    assert f"http://127.0.0.1:{port}/sandbox/phone/38640000102" in said
    assert process.returncode == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_the_demo_says_when_its_port_is_taken(environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with started(environment, taken.getsockname()[1]) as process:
            said, _ = process.communicate(timeout=20)

    assert "--port" in said
    assert process.returncode == 1


@contextmanager
def started(environment: dict[str, str], port: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "portal.cli", "demo", "start", "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)
        process.stdout and process.stdout.close()


def line_by_line(process: subprocess.Popen[str], until: str) -> Iterator[str]:
    assert process.stdout is not None
    for line in process.stdout:
        yield line
        if until in line:
            return
