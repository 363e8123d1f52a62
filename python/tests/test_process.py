"""What a source does if its process forks or ends."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import READ
from loopback_vault import ACCESS_TOKEN, LOGIN, LoopbackVault, Reply, credential
from webex_token_client import TokenSource

Make = Callable[..., TokenSource]

FOLDERS = os.pathsep.join(str(Path(__file__).resolve().parents[1] / name) for name in ("src", "tests"))

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")

PROGRAM = """
import sys, threading
from webex_token_client import AppRole, TokenSource
tokens = TokenSource("testauth", address=sys.argv[1], identity=AppRole("r", secret_id="the-secret-id"))
"""


def run(program: str, address: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM + program, address]
    return subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": FOLDERS}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def in_child(work: Callable[[], str]) -> str:
    """Fork, and return the text that the child gives, or its error."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            text = work()
        except BaseException as error:  # noqa: BLE001
            text = repr(error)
        os.write(writing, text.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return text


class Held:
    def __init__(self, vault: LoopbackVault) -> None:
        self.has_come = threading.Event()
        self.release = threading.Event()
        self._reads = 0
        vault.reply = self._answer

    def _answer(self, asks: str) -> Reply:
        if asks != READ:
            return LOGIN
        self._reads += 1
        if self._reads == 1:
            self.has_come.set()
            self.release.wait()
        return credential()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
class TestFork:
    def test_a_child_forked_during_a_read_begins_a_read_of_its_own(self, vault: LoopbackVault, source: Make) -> None:
        held = Held(vault)
        tokens = source()
        reader = threading.Thread(target=tokens.token)
        reader.start()
        held.has_come.wait()
        # The parent's thread holds the lock as well, as a caller who is about to wait does.
        with tokens._under_way._lock:
            assert in_child(lambda: tokens.token().access_token) == ACCESS_TOKEN
        held.release.set()
        reader.join()
        assert vault.count(READ) == 2

    def test_a_child_has_the_cached_token_and_does_not_revoke_the_login_of_its_parent(
        self, vault: LoopbackVault, source: Make
    ) -> None:
        tokens = source()
        tokens.token()

        def work() -> str:
            text = tokens.token().access_token
            tokens.close()
            return text

        assert in_child(work) == ACCESS_TOKEN
        assert vault.asked == ["PUT auth/approle/login", READ]

    def test_a_child_logs_in_by_itself(self, vault: LoopbackVault, source: Make) -> None:
        tokens = source()
        tokens.token()

        def work() -> str:
            tokens.forget()
            with tokens:
                return tokens.token().access_token

        assert in_child(work) == ACCESS_TOKEN
        assert vault.count("PUT auth/approle/login") == 2
        assert vault.count("PUT auth/token/revoke-self") == 1

    def test_a_child_of_a_closed_source_has_a_closed_source(self, source: Make) -> None:
        tokens = source()
        tokens.close()
        assert "this TokenSource is closed" in in_child(lambda: tokens.token().access_token)


def test_the_interpreter_ends_without_a_close(vault: LoopbackVault) -> None:
    program = run("print(tokens.token())", vault.address)
    stdout, stderr = program.communicate()
    assert (program.returncode, stderr) == (0, "")
    assert "token hidden" in stdout


def test_a_source_can_be_used_and_closed_in_a_function_of_atexit(vault: LoopbackVault) -> None:
    program = run("import atexit\natexit.register(lambda: (tokens.token(), tokens.close()))", vault.address)
    _, stderr = program.communicate()
    assert (program.returncode, stderr) == (0, "")
    assert vault.asked == ["PUT auth/approle/login", READ, "PUT auth/token/revoke-self"]


def test_the_interpreter_lets_a_read_under_way_finish(vault: LoopbackVault) -> None:
    held = Held(vault)
    program = run("threading.Thread(target=tokens.token, daemon=True).start()\nsys.stdin.readline()", vault.address)
    held.has_come.wait()
    # The program has ended its own work by now, or ends it soon. The read is not answered yet.
    with pytest.raises(subprocess.TimeoutExpired):
        program.wait(0.3)
    held.release.set()
    assert program.wait() == 0
    program.communicate()


def test_the_interpreter_waits_no_longer_than_a_close(vault: LoopbackVault) -> None:
    held = Held(vault)
    program = run(
        "tokens._close_timeout_seconds = 0.05\n"
        "threading.Thread(target=tokens.token, daemon=True).start()\n"
        "import time\nwhile tokens._under_way._read is None: time.sleep(0.01)",
        vault.address,
    )
    assert program.wait() == 0
    held.release.set()
    program.communicate()
