"""Requests, answers, and what sends them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from .._secret import Secret


@dataclass(frozen=True)
class HttpRequest:
    """A request. ``timeout_seconds`` is the longest wait for the head of its answer, connecting included."""

    method: str
    url: str
    timeout_seconds: float
    headers: Mapping[str, str] = field(default_factory=dict)
    token: tuple[str, Secret] | None = None
    """Name and value of a header that holds a secret."""
    body: Secret | None = None


@dataclass(frozen=True)
class HttpAnswer:
    """An answer with any status. No redirect is followed. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class Transport(Protocol):
    """Sends requests. A test gives its own."""

    def send(self, request: HttpRequest) -> HttpAnswer:
        """Send a request, and return its answer. Raises NetworkError."""

    def with_certificate(self, cert_file: str, key_file: str) -> Transport:
        """Return a transport that shows a client certificate to servers that ask for one."""

    def close(self) -> None:
        """End the requests under way."""

    def forget_threads(self) -> None:
        """Begin anew in a forked process. The connections are the parent's."""
