"""A connection to Vault or OpenBao under one identity."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import urlsplit

from .._http.http_request import HttpAnswer, HttpRequest, Transport
from .._http.json_fields import parse_json, texts_of
from .._http.network_error import NetworkError
from .._http.retry import retry_after_seconds
from .._safe_text import HIDDEN
from .._secret import Secret
from ..errors import ExplainedError
from .vault_body import NotVault, body_text, json_body, parsed_body
from .vault_errors import VaultResponseError, VaultUnreachableError, not_vault
from .vault_leader import Redirect, leader_target
from .vault_url import origin_of, refuse_plain_http, vault_url, without_credentials

T = TypeVar("T")

ANSWER_SECONDS = 100.0
"""Vault and OpenBao themselves end a request after 90 s, unless ``default_max_request_duration`` says otherwise."""

_LOGOUT_SECONDS = 5.0
"""Short, because the token expires anyway."""

_REDIRECTS = range(300, 400)

_SHORTEST_SECRET = 8
"""Shorter tokens may be words, such as ``root`` of a development server."""


@dataclass(frozen=True)
class VaultConnection:
    """Sends requests to Vault. The token goes to that server only, or to its leader if a standby node redirects."""

    transport: Transport
    server: str
    """Address of the server, perhaps with the path of a proxy."""
    token: Secret | None = None
    namespace: str | None = None
    allow_http: bool = False
    timeout_seconds: float = ANSWER_SECONDS
    """Longest wait for the head of one answer. A reader who hangs up during a refresh can lose the grant."""

    now: Callable[[], float] = time.time
    """Seconds since 1970, for the dates of ``Retry-After``."""

    def __post_init__(self) -> None:
        """Raise ExplainedError if the namespace cannot be sent, or tokens would cross a network unencrypted."""
        _require_sendable("token", "" if self.token is None else self.token.reveal())
        _require_sendable("namespace", self.namespace or "")
        if not self.allow_http:
            refuse_plain_http(self.address)

    @property
    def address(self) -> str:
        """The address for messages, without user and password."""
        return without_credentials(self.server).rstrip("/")

    def with_token(self, token: Secret | None) -> VaultConnection:
        """Return a connection to the same server with another token, or without one."""
        return replace(self, token=token)

    def with_certificate(self, cert_file: str, key_file: str) -> VaultConnection:
        """Return a connection to the same server that shows this certificate, without a token."""
        return replace(self, token=None, transport=self.transport.with_certificate(cert_file, key_file))

    def read(self, path: str, parse: Callable[[object], T]) -> T:
        """Read a path, and return the parsed reply. ``parse`` raises TypeError if the reply is not from Vault.

        Raises VaultResponseError, VaultUnreachableError or ExplainedError.
        """
        return self._json("GET", path, parse)

    def write(
        self, path: str, data: dict[str, object], parse: Callable[[object], T], timeout_seconds: float | None = None
    ) -> T:
        """Write to a path, and return the parsed reply. Raises as ``read`` does. Values may be a Secret."""
        return self._json("PUT", path, parse, json_body(data), timeout_seconds)

    def revoke_token(self) -> None:
        """Revoke the token within some seconds."""
        self.write("auth/token/revoke-self", {}, lambda _reply: None, _LOGOUT_SECONDS)

    def hide_token(self, text: str) -> str:
        """Remove the token of this connection from the text of a server, which may quote the request."""
        if self.token is None or len(self.token.reveal()) < _SHORTEST_SECRET:
            return text
        return text.replace(self.token.reveal(), HIDDEN)

    def _json(
        self,
        method: str,
        path: str,
        parse: Callable[[object], T],
        body: Secret | None = None,
        timeout_seconds: float | None = None,
    ) -> T:
        headers = {"x-vault-request": "true"}
        if self.namespace:
            headers["x-vault-namespace"] = self.namespace
        if body is not None:
            headers["content-type"] = "application/json"
        token = None if self.token is None or self.token.reveal() == "" else ("x-vault-token", self.token)
        timeout = self.timeout_seconds if timeout_seconds is None else timeout_seconds
        request = HttpRequest(method, vault_url(self.server, path), timeout, headers, token, body)
        answer = self._accepted(self._sent(request, path), method, path)
        parsed = parsed_body(answer.body, parse)
        if isinstance(parsed, NotVault):
            raise not_vault(self.address, method, path)
        return parsed

    def _sent(self, request: HttpRequest, path: str) -> HttpAnswer:
        answer = self._send(request, self.address)
        if answer.status not in _REDIRECTS or "location" not in answer.headers:
            return answer
        redirect = Redirect(answer.status, answer.headers["location"], self.address, path, request.url)
        leader = leader_target(redirect, lambda: self._leader(request.timeout_seconds))
        origin = origin_of(urlsplit(leader))
        if not self.allow_http:
            refuse_plain_http(origin)
        return self._send(replace(request, url=leader), origin)

    def _leader(self, timeout_seconds: float) -> object:
        """Ask who the leader is, without an identity and in the root namespace."""
        headers = {"x-vault-request": "true"}
        request = HttpRequest("GET", vault_url(self.server, "sys/leader"), timeout_seconds, headers)
        return parse_json(body_text(self._send(request, self.address).body))

    def _send(self, request: HttpRequest, address: str) -> HttpAnswer:
        try:
            return self.transport.send(request)
        except NetworkError as error:
            code = error.code
        raise VaultUnreachableError(address, code)

    def _accepted(self, answer: HttpAnswer, method: str, path: str) -> HttpAnswer:
        if 200 <= answer.status < 300:  # noqa: PLR2004
            return answer
        text = body_text(answer.body)
        if "HTTP request to an HTTPS server" in text:
            raise ExplainedError(
                f"{self.address} was asked in plain HTTP, and that server speaks TLS only; use https in VAULT_ADDR"
            )
        reply = parse_json(text)
        if not isinstance(reply, dict) and 400 <= answer.status < 500 and answer.status != 429:  # noqa: PLR2004
            # A load balancer reports an outage of Vault, but makes no refusal of Vault's.
            raise not_vault(self.address, method, path)
        said = texts_of(reply.get("errors")) if isinstance(reply, dict) else []
        pause = retry_after_seconds(answer.headers.get("retry-after"), self.now())
        raise VaultResponseError(method, path, answer.status, [self.hide_token(each) for each in said], pause)


def _require_sendable(name: str, value: str) -> None:
    """Raise ExplainedError for a character that a header does not carry, without the value."""
    if re.search(r"[^\x20-\x7e]", value):
        raise ExplainedError(
            f"the Vault {name} has a character that no header can carry, such as a line break at its end; "
            "set it again without that"
        )
