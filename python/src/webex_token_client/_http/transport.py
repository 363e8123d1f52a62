"""All requests to other servers, such as Vault. Only the standard library is used."""

from __future__ import annotations

import base64
import errno
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import TYPE_CHECKING, Protocol, cast
from urllib.parse import SplitResult, unquote, urlsplit

from .deadline_socket import DeadlineSocket
from .network_error import NetworkError, network_code
from .proxy import proxy_for

if TYPE_CHECKING:
    from .._secret import Secret

_MAX_BODY_BYTES = 16 * 1024 * 1024
"""Far above any reply, and far below the memory of a process."""

_CONNECT_SECONDS = 15.0
"""A lost packet is sent again after 1, 3 and 7 s."""

_SILENCE_SECONDS = 30.0
"""Longest silence while the body of an answer is read."""

_OK = 200


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


class HttpTransport:
    """Opens one connection for each request, because a source reads once an hour. Certificates are always verified."""

    def __init__(self, ca: str | None = None, certificate: tuple[str, str] | None = None) -> None:
        """Take the PEM of the CA, and the files of a client certificate and its key, which are read once."""
        self._ca = ca
        self._context = None if certificate is None else _tls_context(ca, certificate)
        self.forget_threads()

    def with_certificate(self, cert_file: str, key_file: str) -> HttpTransport:
        """Return a transport that shows a client certificate to servers that ask for one."""
        return HttpTransport(self._ca, (cert_file, key_file))

    def forget_threads(self) -> None:
        """Begin anew in a forked process. The connections are the parent's."""
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()

    def send(self, request: HttpRequest) -> HttpAnswer:
        """Send a request, and return its answer. Raises NetworkError, or ExplainedError for an unusable proxy."""
        url = urlsplit(request.url)
        outcome = self._attempt(request, url, proxy_for(url))
        if isinstance(outcome, str):
            raise NetworkError(outcome)
        return outcome

    def close(self) -> None:
        """End the requests under way."""
        with self._lock:
            connections, self._open = self._open, set()
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _attempt(self, request: HttpRequest, url: SplitResult, proxy: SplitResult | None) -> HttpAnswer | str:
        """Return the code of a failure in place of raising it, because the frames of Python's error hold the token."""
        deadline = time.monotonic() + request.timeout_seconds
        place = "" if proxy is None else " of the proxy"
        connection: socket.socket | None = None
        try:
            connection = socket.create_connection(
                _address(url if proxy is None else proxy), min(_CONNECT_SECONDS, request.timeout_seconds)
            )
            self._keep(connection)
            if proxy is not None:
                status = _tunnel(connection, url, proxy, deadline)
                if status != _OK:
                    return f"the proxy answered {status}"
            place = ""
            if url.scheme == "https":
                self._context = self._context or _tls_context(self._ca)
                secured = self._context.wrap_socket(connection, server_hostname=url.hostname)
                self._keep(secured, connection)
                connection = secured
            return _exchange(connection, request, url, deadline)
        except (OSError, HTTPException) as error:
            return network_code(error) + place
        finally:
            if connection is not None:
                self._drop(connection)

    def _keep(self, connection: socket.socket, previous: socket.socket | None = None) -> None:
        with self._lock:
            self._open.discard(previous or connection)
            self._open.add(connection)

    def _drop(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)
        connection.close()


def _tls_context(ca: str | None, certificate: tuple[str, str] | None = None) -> ssl.SSLContext:
    """Return a context that verifies certificate and host name, whatever the process has set for others."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca is None:
        context.load_default_certs()
    else:
        context.load_verify_locations(cadata=ca)
    if certificate is not None:
        context.load_cert_chain(*certificate, password="")
    return context


def _address(url: SplitResult) -> tuple[str, int]:
    return url.hostname or "", url.port or (443 if url.scheme == "https" else 80)


def _exchange(connection: socket.socket, request: HttpRequest, url: SplitResult, deadline: float) -> HttpAnswer:
    client = HTTPConnection(url.hostname or "", url.port)
    client.sock = connection
    connection.settimeout(max(0.001, deadline - time.monotonic()))
    headers = {"host": url.netloc, "accept-encoding": "identity", "connection": "close", **request.headers}
    if request.token is not None:
        name, secret = request.token
        headers[name] = secret.reveal()
    target = f"{url.path or '/'}{'?' + url.query if url.query else ''}"
    client.request(request.method, target, None if request.body is None else request.body.reveal().encode(), headers)
    return _answer(connection, request.method, deadline)


def _answer(connection: socket.socket, method: str, deadline: float) -> HttpAnswer:
    reading = DeadlineSocket(connection, deadline)
    response = HTTPResponse(cast("socket.socket", reading), method=method)
    response.begin()
    reading.allow_silence(_SILENCE_SECONDS)
    body = response.read(_MAX_BODY_BYTES + 1)
    if len(body) > _MAX_BODY_BYTES:
        raise OSError(errno.EMSGSIZE, "the answer is too long")
    if response.length:
        raise ConnectionResetError(errno.ECONNRESET, "the answer ends early")
    return HttpAnswer(response.status, {name.lower(): value for name, value in response.getheaders()}, body)


def _tunnel(connection: socket.socket, url: SplitResult, proxy: SplitResult, deadline: float) -> int:
    host, port = _address(url)
    target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    if proxy.username or proxy.password:
        credentials = f"{unquote(proxy.username or '')}:{unquote(proxy.password or '')}"
        lines.append(f"Proxy-Authorization: Basic {base64.b64encode(credentials.encode()).decode()}")
    connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
    response = HTTPResponse(cast("socket.socket", DeadlineSocket(connection, deadline)), method="CONNECT")
    response.begin()
    return response.status
