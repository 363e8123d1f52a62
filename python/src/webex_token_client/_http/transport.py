"""All requests to other servers, such as Vault. Only the standard library is used."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from contextlib import suppress
from http.client import HTTPException
from urllib.parse import SplitResult, urlsplit

from .exchange import address_of, exchange, open_tunnel
from .http_request import HttpAnswer, HttpRequest
from .network_error import NetworkError, network_code
from .proxy import proxy_for

_CONNECT_SECONDS = 15.0
"""A lost packet is sent again after 1, 3 and 7 s."""

_OK = 200


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
                address_of(url if proxy is None else proxy), min(_CONNECT_SECONDS, request.timeout_seconds)
            )
            self._keep(connection)
            if proxy is not None:
                status = open_tunnel(connection, url, proxy, deadline)
                if status != _OK:
                    return f"the proxy answered {status}"
            place = ""
            if url.scheme == "https":
                self._context = self._context or _tls_context(self._ca)
                secured = self._context.wrap_socket(connection, server_hostname=url.hostname)
                self._keep(secured, connection)
                connection = secured
            return exchange(connection, request, url, deadline)
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
