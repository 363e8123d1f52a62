"""A socket whose reads end at a deadline, however slowly the server sends."""

from __future__ import annotations

import io
import socket
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class DeadlineSocket:
    """What ``http.client`` needs of a socket to read an answer. It leaves the connection open."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        """Take a deadline for the head of the answer, by the monotonic clock."""
        self._reader = _DeadlineReader(connection, deadline)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return the bytes of the answer."""
        return io.BufferedReader(self._reader)

    def allow_silence(self, seconds: float) -> None:
        """Let each following read take so long, in place of the deadline."""
        self._reader.silence = seconds


class _DeadlineReader(io.RawIOBase):
    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._connection = connection
        self._deadline = deadline
        self.silence: float | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        left = self._deadline - time.monotonic() if self.silence is None else self.silence
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        return self._connection.recv_into(buffer)
