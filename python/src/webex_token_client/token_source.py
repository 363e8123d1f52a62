"""A source of fresh access tokens of one credential, for a program that runs for long."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import NoReturn

from ._clock import Clock
from ._http.http_request import Transport
from ._http.retry import RetryOptions
from ._http.transport import HttpTransport
from ._login.login_as import login_as
from ._process import watch
from ._reader import Reader, ReaderSettings
from ._under_way import UnderWay
from ._vault.vault_connection import ANSWER_SECONDS, VaultConnection
from .credential_reading import CredentialReading
from .identity import Identity

_LOG = logging.getLogger("webex_token_client")

REFRESH_WAIT_SECONDS = 25.0
"""Time that a read under way has at the end of a program. A reader who hangs up during a refresh can lose a grant whose
refresh token rotates. The engine waits 12 s for Webex by default, and as long for a refresh before it."""


class TokenSource:
    """A source of fresh access tokens. All threads and tasks that wait share one request.

    Use it as a context manager, which revokes the Vault token at the end::

        with TokenSource("testauth", address="https://vault.example:8200", identity=AppRole(...)) as tokens:
            headers = {"Authorization": f"Bearer {tokens.token().access_token}"}

    In a coroutine, use ``async with`` and ``await tokens.atoken()``.
    """

    def __init__(
        self,
        credential: str,
        *,
        address: str,
        identity: Identity,
        mount_path: str = "oauthapp",
        namespace: str | None = None,
        ca: str | None = None,
        allow_http: bool = False,
        timeout_seconds: float = ANSWER_SECONDS,
        refresh_ahead_seconds: float = 60.0,
        hold_off_seconds: float = 1.0,
        close_timeout_seconds: float = REFRESH_WAIT_SECONDS,
        retry: RetryOptions | None = None,
        on_warning: Callable[[str], None] | None = None,
        clock: Clock | None = None,
        transport: Transport | None = None,
    ) -> None:
        """Take the name of the credential, the server, the identity and the limits.

        ``address``: such as ``https://vault.example.com:8200``, perhaps with the path of a proxy.
        ``mount_path``: mount of the engine. ``namespace``: Vault namespace; the root namespace by default.
        ``ca``: PEM of the CA that signed the server's certificate; the system's CAs by default.
        ``allow_http``: allow plain HTTP to another machine, as in a service mesh that encrypts.
        ``timeout_seconds``: longest wait for the head of one answer.
        ``refresh_ahead_seconds``: time before the expiry at which a token is read again; a tenth of its life at most.
        ``hold_off_seconds``: pause after a failure, in which callers get that failure without a request to Vault.
        ``close_timeout_seconds``: longest wait of ``close`` for a request under way.
        ``on_warning``: gets each warning of the engine, in another thread. By default it is logged.
        ``clock`` and ``transport``: for tests.
        """
        self.credential = credential
        self._clock = clock or Clock()
        self._now = self._clock.now
        self._close_timeout_seconds = close_timeout_seconds
        self._on_warning = on_warning
        self._closing = threading.Event()
        self._transport = transport or HttpTransport(ca)
        vault = VaultConnection(self._transport, address, None, namespace, allow_http, timeout_seconds, self._now)
        self._login = login_as(vault, self._clock, identity, self._warn)
        settings = ReaderSettings(
            credential, mount_path, refresh_ahead_seconds, hold_off_seconds, retry or RetryOptions(), self._warn
        )
        self._reader = Reader(settings, self._login, self._clock, self._closing)
        self._under_way = UnderWay(self._reader, self._clock)
        watch(self)

    def token(self) -> CredentialReading:
        """Return the access token from the cache or from Vault, which is asked at least each hour.

        While Vault does not answer, callers get the previous token until it expires. Raises NotAuthorizedYet,
        ReauthorizationRequired, IntegrationRefused, TemporarilyUnavailable, NotPermitted, NotDeployed, VaultSealed or
        VaultUnreachableError.
        """
        cached = self._reader.cached
        if cached is not None and cached[0] <= self._now() < cached[1]:
            return cached[2]
        return self._under_way.join(self._check_open)

    async def atoken(self) -> CredentialReading:
        """Do the same as ``token`` without blocking the event loop. A canceled wait does not end the request."""
        cached = self._reader.cached
        if cached is not None and cached[0] <= self._now() < cached[1]:
            return cached[2]
        return await self._under_way.ajoin(self._check_open)

    def reject(self, reading: CredentialReading) -> None:
        """Report that Webex refused this token. The next call reads it again, unless that has happened already."""
        self._reader.reject(reading)

    def forget(self) -> None:
        """Drop the cached token or failure, so the next call asks Vault. Call it after a change of the credential."""
        self._reader.forget()

    def close(self) -> None:
        """Revoke the Vault token of the login. A request under way has some time to finish.

        A hang-up during a refresh would lose a grant whose refresh token rotates. Callers who still wait then get
        an error.
        """
        self._closing.set()
        self._under_way.finish(self._close_timeout_seconds)
        self._reader.forget()
        self._login.close()
        self._transport.close()

    async def aclose(self) -> None:
        """Do the same as ``close`` without blocking the event loop."""
        await asyncio.to_thread(self.close)

    def __enter__(self) -> TokenSource:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> TokenSource:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"<TokenSource of {self.credential!r}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a TokenSource cannot be pickled or copied; make another one in the other process")

    def forget_threads(self) -> None:
        """Begin anew in a forked process, which is called by itself. The cached token stays."""
        closing = threading.Event()
        if self._closing.is_set():
            closing.set()
        self._closing = closing
        self._transport.forget_threads()
        self._login.forget_threads()
        self._under_way.forget_threads()
        self._reader.closing = self._closing

    def finish_read(self) -> None:
        """Let a read under way finish at the end of the interpreter, which is called by itself."""
        self._under_way.finish(self._close_timeout_seconds)

    def _check_open(self) -> None:
        if self._closing.is_set():
            raise closed_error()

    def _warn(self, warning: str) -> None:
        if self._on_warning is None:
            _LOG.warning("%s", warning)
            return
        try:
            self._on_warning(warning)
        except Exception:  # noqa: BLE001 - the token counts more
            _LOG.exception("the callback for warnings failed")


def closed_error() -> RuntimeError:
    """Return the error of a source that is closed."""
    return RuntimeError("this TokenSource is closed; make a new one")
