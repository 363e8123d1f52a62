"""One read of a credential at a time, with the cache of its result."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from ._clock import Clock
from ._http.retry import RetryOptions, retry, transient
from ._login.login_hold_off import LoginHoldOff
from ._login.vault_login import VaultLogin
from ._period import Period
from ._secret import Secret
from ._vault.credential import read_credential
from .credential_reading import CredentialReading
from .errors import NotAuthorizedYet, NotPermitted, ReauthorizationRequired, VaultSealed

_LONGEST_RETRY_AFTER = 300.0
"""Longest pause that a server may ask for."""

_LONGEST_CACHE = 3600.0
"""A grant can be revoked or replaced long before its token expires."""

_LONGEST_PAUSE = 60.0
"""Longest pause after failures, unless the server asks for more."""

Cached = tuple[float, float, CredentialReading]
"""Begin and end of the time in which a reading is returned at once, and the reading."""


@dataclass(frozen=True)
class ReaderSettings:
    """What is read, and how patiently."""

    credential: str
    mount_path: str
    refresh_ahead_seconds: float
    hold_off_seconds: float
    retry: RetryOptions
    warn: Callable[[str], None]


@dataclass(frozen=True)
class _Failure:
    error: Exception
    pause: Period


class Reader:
    """Reads a credential through the login of an app."""

    def __init__(self, settings: ReaderSettings, login: VaultLogin, clock: Clock, closing: threading.Event) -> None:
        """Take the settings, the login, the clock and the event of closing."""
        self._settings = settings
        self._login = login
        self._clock = clock
        self.closing = closing
        self.cached: Cached | None = None
        self._failure: _Failure | None = None
        self._failures = 0
        """Number of failed reads since the last successful one."""
        self._new_logins = LoginHoldOff(clock.now)

    @property
    def failure(self) -> Exception | None:
        """The failure that callers get without a request to Vault."""
        failure = self._failure
        return failure.error if failure is not None and failure.pause.includes(self._clock.now()) else None

    @property
    def working(self) -> CredentialReading | None:
        """The last reading, until its token expires."""
        cached = self.cached
        return None if cached is None or self._clock.now() >= cached[2].expires_at else cached[2]

    def reject(self, reading: CredentialReading) -> None:
        """Drop this reading, unless another one has replaced it."""
        cached = self.cached
        if cached is not None and cached[2] is reading:
            self.cached = None

    def forget(self) -> None:
        """Drop the reading and the failure."""
        self.cached = None
        self._failure = None

    def read_through(self) -> CredentialReading:
        """Read the credential, with retries. Raises the errors of ``TokenSource.token``."""
        try:
            reading = retry(self._read, self._settings.retry, self._wait)
        except Exception as error:
            self._failures += 1
            is_final = _is_about_grant(error) or self.closing.is_set()
            working = None if is_final else self.working
            if working is None:
                self._fail(error)
                raise
            self._go_on(working, error)
            return working
        self._keep(reading, self._cache_until(reading))
        self._failure = None
        self._failures = 0
        self._new_logins = LoginHoldOff(self._clock.now)
        for warning in reading.warnings:
            self._settings.warn(warning)
        return reading

    def _read(self) -> CredentialReading:
        mount_path, name = self._settings.mount_path, self._settings.credential
        known = self._login.logged_in
        try:
            return read_credential(self._login.vault(), mount_path, name)
        except NotPermitted:
            if not known:
                raise
        # The Vault token may have been revoked, or a rebuilt server may not know it. A new token shows which.
        return self._new_logins.attempt(
            Secret(name),
            lambda: read_credential(self._login.log_in_again(), mount_path, name),
            # The login holds off its own refusals.
            lambda refusal: refusal.credential is not None,
        )

    def _wait(self, seconds: float) -> None:
        self._clock.sleep(seconds, self.closing)
        if self.closing.is_set():
            raise RuntimeError("this TokenSource is closed; make a new one")

    def _keep(self, reading: CredentialReading, until: float) -> None:
        self.cached = (self._clock.now(), until, reading)

    def _fail(self, error: Exception) -> None:
        passes = transient(error) is not None or isinstance(error, VaultSealed)
        pause = max(self._settings.hold_off_seconds, _asked(error)) if passes else self._growing_pause()
        self.cached = None
        now = self._clock.now()
        # The login holds off its own refusals, and notices another secret id, token or certificate at once.
        is_held_off = isinstance(error, NotPermitted) and error.credential is None
        self._failure = None if is_held_off else _Failure(error, Period(now, now + pause))

    def _go_on(self, reading: CredentialReading, error: Exception) -> None:
        pause = max(self._growing_pause(), _asked(error))
        self._keep(reading, min(reading.expires_at, self._clock.now() + pause))
        name = self._settings.credential
        self._settings.warn(f'the access token of "{name}" still works, but cannot be read again: {error}')

    def _growing_pause(self) -> float:
        hold_off = self._settings.hold_off_seconds
        return max(hold_off, min(_LONGEST_PAUSE, hold_off * 2.0 ** min(self._failures - 1, 30)))

    def _cache_until(self, reading: CredentialReading) -> float:
        now = self._clock.now()
        look_again = now + _LONGEST_CACHE * (0.9 + 0.1 * self._settings.retry.random())
        life = reading.expires_at - now
        return min(look_again, reading.expires_at - min(self._settings.refresh_ahead_seconds, life / 10))


def _is_about_grant(error: Exception) -> bool:
    """Return whether the grant is gone, or the app may not read it."""
    return isinstance(error, (NotAuthorizedYet, ReauthorizationRequired)) or (
        isinstance(error, NotPermitted) and error.credential is not None
    )


def _asked(error: Exception) -> float:
    """Return the pause that the server asks for."""
    failure = transient(error)
    return 0.0 if failure is None else min(_LONGEST_RETRY_AFTER, failure.retry_after)
