"""One request and its answer on an open connection."""

from __future__ import annotations

import base64
import errno
import socket
import time
from http.client import HTTPConnection, HTTPResponse
from typing import cast
from urllib.parse import SplitResult, unquote

from .deadline_socket import DeadlineSocket
from .http_request import HttpAnswer, HttpRequest

_MAX_BODY_BYTES = 16 * 1024 * 1024
"""Far above any reply, and far below the memory of a process."""

_SILENCE_SECONDS = 30.0
"""Longest silence while the body of an answer is read."""


def address_of(url: SplitResult) -> tuple[str, int]:
    """Return host and port."""
    return url.hostname or "", url.port or (443 if url.scheme == "https" else 80)


def exchange(connection: socket.socket, request: HttpRequest, url: SplitResult, deadline: float) -> HttpAnswer:
    """Send a request, and read its answer. Its head ends at the deadline of the monotonic clock."""
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


def open_tunnel(connection: socket.socket, url: SplitResult, proxy: SplitResult, deadline: float) -> int:
    """Ask a proxy for a connection to the server of the URL. Return the status."""
    host, port = address_of(url)
    target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    if proxy.username or proxy.password:
        credentials = f"{unquote(proxy.username or '')}:{unquote(proxy.password or '')}"
        lines.append(f"Proxy-Authorization: Basic {base64.b64encode(credentials.encode()).decode()}")
    connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
    response = HTTPResponse(cast("socket.socket", DeadlineSocket(connection, deadline)), method="CONNECT")
    response.begin()
    return response.status
