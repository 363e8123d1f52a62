"""What a source does if its process forks or ends."""

from __future__ import annotations

import atexit
import os
import weakref
from typing import Protocol


class Watched(Protocol):
    """A source."""

    def forget_threads(self) -> None:
        """Begin anew in a forked process, where no other thread runs and a lock may be held for ever."""

    def finish_read(self) -> None:
        """Let a read under way finish. A hang-up during a refresh can lose a grant whose refresh token rotates."""


_WATCHED: weakref.WeakSet[Watched] = weakref.WeakSet()


def watch(source: Watched) -> None:
    """Tell the source of a fork, and of the end of the interpreter."""
    _WATCHED.add(source)


def _after_fork() -> None:
    for source in list(_WATCHED):
        source.forget_threads()


def _at_exit() -> None:
    for source in list(_WATCHED):
        source.finish_read()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)

atexit.register(_at_exit)
