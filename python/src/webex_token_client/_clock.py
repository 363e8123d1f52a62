"""Time and threads of a source. A test moves its own clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from typing import Any, Protocol, TypeVar

from .errors import WebexTokenError

T = TypeVar("T")


class Timer(Protocol):
    """A call that is due later."""

    def cancel(self) -> None:
        """Forget the call, unless it has begun."""


class Clock:
    """The clock of this machine. No thread of it keeps the interpreter from ending."""

    def now(self) -> float:
        """Return the seconds since 1970."""
        return time.time()

    def monotonic(self) -> float:
        """Return seconds that nobody sets back."""
        return time.monotonic()

    def sleep(self, seconds: float, wake: threading.Event) -> None:
        """Wait so long, or until the event."""
        wake.wait(seconds)

    def wait(self, work: Future[Any], seconds: float | None) -> bool:
        """Wait so long for the end of the work, or without a limit. Return whether it has ended."""
        return bool(wait([work], seconds).done)

    def start(self, work: Callable[[], T]) -> Future[T]:
        """Run the work in a thread of its own."""
        ended: Future[T] = Future()
        ended.set_running_or_notify_cancel()
        thread = threading.Thread(target=settle, args=(ended, work), name="webex-token-client", daemon=True)
        try:
            thread.start()
        except RuntimeError:
            # No thread can start while the interpreter ends, such as in a function of atexit.
            settle(ended, work)
        return ended

    def call_later(self, seconds: float, call: Callable[[], None]) -> Timer:
        """Call in so many seconds, in a thread of its own."""
        timer = threading.Timer(min(seconds, threading.TIMEOUT_MAX), call)
        timer.name = "webex-token-client timer"
        timer.daemon = True
        with suppress(RuntimeError):
            # While the interpreter ends, nothing is due later.
            timer.start()
        return timer


def settle(ended: Future[T], work: Callable[[], T]) -> None:
    """Run the work, and keep its result or its error. An error of this package loses its frames, which nobody needs."""
    try:
        result = work()
    except BaseException as error:  # noqa: BLE001 - who waits gets it
        if isinstance(error, WebexTokenError):
            error.__traceback__ = error.__context__ = None
        ended.set_exception(error)
    else:
        ended.set_result(result)
