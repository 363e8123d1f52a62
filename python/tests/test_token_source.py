"""What is Python's own: threads and coroutines. The behavior itself is in the conformance cases."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from conftest import READ
from loopback_vault import ACCESS_TOKEN, LoopbackVault, Reply, credential
from webex_token_client import CredentialReading, NotAuthorizedYet, TokenSource

Make = Callable[..., TokenSource]


class Held:
    """Holds the reads of the credential until the test releases them."""

    def __init__(self, vault: LoopbackVault, reply: Reply) -> None:
        self.has_come = threading.Event()
        self.release = threading.Event()
        self._usual, self._reply = vault.reply, reply
        vault.reply = self._answer

    def _answer(self, asks: str) -> Reply:
        if asks != READ:
            return self._usual(asks)
        self.has_come.set()
        self.release.wait()
        return self._reply


def test_threads_share_one_read(vault: LoopbackVault, source: Make) -> None:
    held = Held(vault, credential())
    tokens = source()
    with ThreadPoolExecutor(50) as pool:
        calls = [pool.submit(tokens.token) for _ in range(50)]
        held.has_come.wait()
        held.release.set()
        assert {call.result().access_token for call in calls} == {ACCESS_TOKEN}
    assert vault.count(READ) == 1


def test_threads_get_an_error_of_their_own(vault: LoopbackVault, source: Make) -> None:
    held = Held(vault, (404, {"errors": []}))
    tokens = source(hold_off_seconds=1000)
    with ThreadPoolExecutor(20) as pool:
        calls = [pool.submit(tokens.token) for _ in range(20)]
        held.has_come.wait()
        held.release.set()
        errors = [call.exception() for call in calls]
    assert {type(error) for error in errors} == {NotAuthorizedYet}
    assert len({id(error) for error in errors}) == 20
    assert vault.count(READ) == 1


def test_a_held_off_failure_does_not_collect_the_frames_of_its_callers(vault: LoopbackVault, source: Make) -> None:
    vault.reply = lambda asks: (404, {"errors": []}) if asks == READ else (200, {"auth": _AUTH})
    tokens = source(hold_off_seconds=1000)
    depths = []
    for _ in range(20):
        with pytest.raises(NotAuthorizedYet) as error:
            tokens.token()
        depths.append(len(error.traceback))
    assert depths[-1] == depths[1]


_AUTH = {"client_token": "t", "lease_duration": 0}


def test_tasks_and_threads_share_one_read(vault: LoopbackVault, source: Make) -> None:
    held = Held(vault, credential())
    tokens = source()

    async def ask() -> list[CredentialReading]:
        blocking = asyncio.to_thread(tokens.token)
        calls = asyncio.gather(*(tokens.atoken() for _ in range(50)), blocking)
        await asyncio.to_thread(held.has_come.wait)
        held.release.set()
        return [*await calls, await tokens.atoken()]

    readings = asyncio.run(ask())
    assert {reading.access_token for reading in readings} == {ACCESS_TOKEN}
    assert vault.count(READ) == 1


def test_a_canceled_task_does_not_end_the_read_of_the_others(vault: LoopbackVault, source: Make) -> None:
    held = Held(vault, credential())
    tokens = source()

    async def ask() -> str:
        impatient = asyncio.create_task(tokens.atoken())
        patient = asyncio.create_task(tokens.atoken())
        await asyncio.to_thread(held.has_come.wait)
        impatient.cancel()
        with pytest.raises(asyncio.CancelledError):
            await impatient
        held.release.set()
        return (await patient).access_token

    assert asyncio.run(ask()) == ACCESS_TOKEN
    assert vault.count(READ) == 1


def test_a_task_of_another_event_loop_gets_the_token(source: Make) -> None:
    tokens = source()
    assert [asyncio.run(tokens.atoken()).access_token for _ in range(2)] == [ACCESS_TOKEN] * 2


def test_an_event_loop_that_ends_during_a_read_leaves_it_to_the_others(vault: LoopbackVault, source: Make) -> None:
    held = Held(vault, credential())
    tokens = source()

    async def give_up() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(tokens.atoken(), 0.01)

    asyncio.run(give_up())
    held.has_come.wait()
    held.release.set()
    assert tokens.token().access_token == ACCESS_TOKEN
    assert vault.count(READ) == 1


def test_the_event_loop_runs_while_a_task_waits(vault: LoopbackVault, source: Make) -> None:
    held = Held(vault, credential())
    tokens = source()

    async def ask() -> int:
        waiting = asyncio.create_task(tokens.atoken())
        turns = 0
        while not held.has_come.is_set() or turns < 10:
            await asyncio.sleep(0)
            turns += 1
        held.release.set()
        await waiting
        return turns

    assert asyncio.run(ask()) >= 10


def test_the_context_managers_revoke_the_vault_token(vault: LoopbackVault, source: Make) -> None:
    with source() as tokens:
        tokens.token()

    async def run() -> None:
        async with source() as tokens:
            await tokens.atoken()
        with pytest.raises(RuntimeError, match="closed"):
            await tokens.atoken()

    asyncio.run(run())
    assert vault.count("PUT auth/token/revoke-self") == 2


def test_a_closed_source_ends_a_read_that_hangs(vault: LoopbackVault, source: Make) -> None:
    held = Held(vault, credential())
    tokens = source(close_timeout_seconds=0.01)
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(tokens.token)
        held.has_come.wait()
        tokens.close()
        assert call.exception() is not None
    held.release.set()


def test_a_failing_callback_for_warnings_loses_no_token(
    vault: LoopbackVault, source: Make, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_warning: str) -> None:
        raise ValueError("no room")

    vault.reply = lambda asks: (
        (200, {**credential()[1], "warnings": ["unable to refresh"]}) if asks == READ else (200, {"auth": _AUTH})
    )
    assert source(on_warning=fail).token().access_token == ACCESS_TOKEN
    assert "the callback for warnings failed" in caplog.text


def test_warnings_are_logged_by_default(vault: LoopbackVault, source: Make, caplog: pytest.LogCaptureFixture) -> None:
    vault.reply = lambda asks: (
        (200, {**credential()[1], "warnings": ["unable to refresh"]}) if asks == READ else (200, {"auth": _AUTH})
    )
    source().token()
    assert [record.getMessage() for record in caplog.records] == ["unable to refresh"]
