"""The request under way, which all threads and tasks that wait share."""

from __future__ import annotations

import asyncio
import copy
import threading
from collections.abc import Callable
from concurrent.futures import Future

from ._clock import Clock, settle
from ._reader import Reader
from .credential_reading import CredentialReading
from .errors import WebexTokenError

_PATIENCE = 2.0
"""Longest wait for Vault in seconds, while the previous token still works."""


class _Read:
    """A read in a thread of its own. ``patience_ends`` is a moment of the monotonic clock, or none without a token."""

    def __init__(self, patience_ends: float | None) -> None:
        self.work: Future[CredentialReading] = Future()
        self.work.set_running_or_notify_cancel()
        self.patience_ends = patience_ends


class UnderWay:
    """Begins a read if none is under way, and lets callers wait for it."""

    def __init__(self, reader: Reader, clock: Clock) -> None:
        """Take the reader and the clock."""
        self._reader = reader
        self._clock = clock
        self._lock = threading.Lock()
        self._read: _Read | None = None

    def join(self, check_open: Callable[[], None]) -> CredentialReading:
        """Return the cached reading, or wait for the read."""
        read = self._join(check_open)
        if isinstance(read, CredentialReading):
            return read
        if not self._clock.wait(read.work, self._left(read)):
            working = self._reader.working
            if working is not None:
                return working
            self._clock.wait(read.work, None)
        return _result(read.work)

    async def ajoin(self, check_open: Callable[[], None]) -> CredentialReading:
        """Do the same in a coroutine."""
        read = self._join(check_open)
        if isinstance(read, CredentialReading):
            return read
        work = asyncio.wrap_future(read.work)
        # A caller who was canceled does not look at the error.
        work.add_done_callback(lambda done: None if done.cancelled() else done.exception() and None)
        await asyncio.wait([work], timeout=self._left(read))
        if not work.done():
            working = self._reader.working
            if working is not None:
                return working
            await asyncio.wait([work])
        return _result(read.work)

    def finish(self, seconds: float) -> None:
        """Wait so long for the read under way, whatever its result."""
        read = self._read
        if read is not None:
            self._clock.wait(read.work, seconds)

    def forget_threads(self) -> None:
        """Begin anew in a forked process, which has no other thread."""
        self._lock = threading.Lock()
        self._read = None

    def _join(self, check_open: Callable[[], None]) -> _Read | CredentialReading:
        with self._lock:
            check_open()
            cached = self._reader.cached
            if cached is not None and cached[0] <= self._clock.now() < cached[1]:
                return cached[2]
            failure = self._reader.failure
            if failure is not None:
                raise _fresh(failure)
            read = self._read
            if read is not None:
                return read
            waits = self._reader.working is not None
            self._read = begun = _Read(self._clock.monotonic() + _PATIENCE if waits else None)
        # Outside of the lock, because the work runs here if no thread can start.
        self._clock.start(lambda: self._run(begun))
        return begun

    def _run(self, read: _Read) -> None:
        ended: Future[CredentialReading] = Future()
        settle(ended, self._reader.read_through)
        with self._lock:
            self._read = None
        error = ended.exception()
        if error is None:
            read.work.set_result(ended.result())
        else:
            read.work.set_exception(error)

    def _left(self, read: _Read) -> float | None:
        return None if read.patience_ends is None else max(0.0, read.patience_ends - self._clock.monotonic())


def _result(work: Future[CredentialReading]) -> CredentialReading:
    error = work.exception()
    if error is not None:
        raise _fresh(error)
    return work.result()


def _fresh(error: BaseException) -> BaseException:
    """Return an error without a traceback. One error that many callers raise would collect the frames of all."""
    return error.again() if isinstance(error, WebexTokenError) else copy.copy(error).with_traceback(error.__traceback__)
