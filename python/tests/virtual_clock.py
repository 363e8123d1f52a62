"""Virtual time. One thread runs at a time, and the clock advances as soon as all of them wait."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

from webex_token_client._clock import Clock, settle

T = TypeVar("T")

FOREVER = float("inf")


@dataclass(eq=False)
class _Waiter:
    is_ready: Callable[[], bool]
    deadline: float
    turn: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    call: Callable[[], None] | None = None
    """Started at the deadline, in place of the turn of a thread."""


class VirtualTimer:
    """A call that is due later."""

    def __init__(self, waiters: list[_Waiter], waiter: _Waiter) -> None:
        self._waiters = waiters
        self._waiter = waiter

    def cancel(self) -> None:
        if self._waiter in self._waiters:
            self._waiters.remove(self._waiter)


class VirtualClock(Clock):
    """A clock whose threads take turns. It belongs to the thread that makes it."""

    def __init__(self, start: float) -> None:
        self._now = start
        self._waiters: list[_Waiter] = []
        self.deadlock: str | None = None

    def now(self) -> float:
        return self._now

    def monotonic(self) -> float:
        return self._now

    def sleep(self, seconds: float, wake: threading.Event) -> None:
        self._wait_for(wake.is_set, self._now + seconds)

    def wait(self, work: Future[Any], seconds: float | None) -> bool:
        if not work.done():
            self._wait_for(work.done, FOREVER if seconds is None else self._now + seconds)
        return work.done()

    def start(self, work: Callable[[], T]) -> Future[T]:
        ended: Future[T] = Future()
        ended.set_running_or_notify_cancel()
        turn = threading.Semaphore(0)

        def run() -> None:
            turn.acquire()
            settle(ended, work)
            self._hand_over()

        threading.Thread(target=run, daemon=True).start()
        self._waiters.append(_Waiter(lambda: True, FOREVER, turn))
        return ended

    def call_later(self, seconds: float, call: Callable[[], None]) -> VirtualTimer:
        waiter = _Waiter(lambda: False, self._now + seconds, call=call)
        self._waiters.append(waiter)
        return VirtualTimer(self._waiters, waiter)

    def advance(self, seconds: float) -> None:
        """Let the time pass, with everything that is due in it."""
        self.sleep(seconds, threading.Event())

    def set(self, seconds: float) -> None:
        """Set the clock, such as back."""
        self._now += seconds

    def _wait_for(self, is_ready: Callable[[], bool], deadline: float) -> None:
        waiter = _Waiter(is_ready, deadline)
        self._waiters.append(waiter)
        self._hand_over()
        waiter.turn.acquire()
        if self.deadlock is not None:
            raise AssertionError(self.deadlock)

    def _hand_over(self) -> None:
        """Give the turn to a thread that is ready, or to the first deadline."""
        while True:
            waiter = next((each for each in self._waiters if each.is_ready()), None)
            if waiter is None:
                waiter = min(self._waiters, key=lambda each: each.deadline)
                if waiter.deadline == FOREVER:
                    self.deadlock = "all threads wait, and nothing is due"
                self._now = max(self._now, min(waiter.deadline, 1e12))
            self._waiters.remove(waiter)
            if waiter.call is None:
                waiter.turn.release()
                return
            self.start_call(waiter.call)

    def start_call(self, call: Callable[[], None]) -> None:
        """Start a call that is due."""
        self.start(call)
