"""One Vault token of an app, kept alive by renewal."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from .._clock import Clock, Timer
from .._period import Period
from .._secret import Secret
from .._vault.vault_connection import VaultConnection
from ..errors import WebexTokenError
from .login_hold_off import WITH_LOCKOUT, LoginHoldOff
from .vault_lease import VaultLease, lease_of


@dataclass(frozen=True)
class Presented:
    """The identity that a login presents. After a refusal, the proof is not presented again for a while."""

    proof: Secret
    vault: VaultConnection
    log_in: Callable[[], VaultLease]


@dataclass(frozen=True)
class LoggedIn:
    """A login that succeeded. The connection has the token of the lease."""

    proof: Secret
    lease: VaultLease
    vault: VaultConnection


@dataclass(frozen=True)
class _Session:
    vault: VaultConnection
    life: Period


class VaultLogin(ABC):
    """A login that is renewed. If Vault does not renew it further, the next use logs in again."""

    def __init__(self, clock: Clock, pauses: Sequence[float] = WITH_LOCKOUT) -> None:
        """Take the clock, and the pauses after refused logins."""
        self.clock = clock
        self._pauses = pauses
        self._hold_off = LoginHoldOff(clock.now, pauses)
        self.forget_threads()

    def forget_threads(self) -> None:
        """Begin anew in a forked process. The Vault token is the parent's, who revokes it."""
        self._lock = threading.RLock()
        self._session: _Session | None = None
        self._revocations: list[Future[None]] = []
        self._renewal: Timer | None = None

    @property
    def logged_in(self) -> bool:
        """Whether there is a Vault token that has not expired."""
        session = self._session
        return session is not None and session.life.includes(self.clock.now())

    def vault(self) -> VaultConnection:
        """Return a connection with the token of the login. Not for concurrent use: two first calls log in twice.

        Raises NotPermitted if Vault refuses the login, NotDeployed, TemporarilyUnavailable or VaultSealed.
        """
        session = self._session
        return session.vault if session is not None and self.logged_in else self.log_in_again()

    def log_in_again(self) -> VaultConnection:
        """Return a connection with a new Vault token, because Vault may refuse the old one, which is revoked."""
        login = self.log_in()
        self._drop()
        self._keep(login.vault, login.lease)
        self.on_login(login)
        session = self._session
        return login.vault.with_token(None) if session is None else session.vault

    def close(self) -> None:
        """Revoke the Vault token. If that fails, the token expires with its lease."""
        self._drop()
        for revocation in self._revocations:
            self.clock.wait(revocation, None)

    @abstractmethod
    def present(self) -> Presented:
        """Return the identity to present, read anew."""

    def on_login(self, login: LoggedIn) -> None:  # noqa: B027
        """Do more after a login of ``vault``. It must not fail."""

    def log_in(self) -> LoggedIn:
        """Log in. The caller owns the token. Raises as ``vault`` does."""
        presented = self.present()
        lease = self._hold_off.attempt(presented.proof, presented.log_in)
        return LoggedIn(presented.proof, lease, presented.vault.with_token(lease.token))

    def _drop(self) -> None:
        with self._lock:
            session, self._session = self._session, None
            if self._renewal is not None:
                self._renewal.cancel()
        if session is not None and self.clock.now() < session.life.end:
            pending = [each for each in self._revocations if not each.done()]
            self._revocations = [*pending, self.clock.start(lambda: _revoke(session.vault))]

    def _keep(self, vault: VaultConnection, lease: VaultLease) -> None:
        seconds = lease.duration_seconds
        with self._lock:
            now = self.clock.now()
            expires_at = float("inf") if seconds == 0 else now + seconds
            later = expires_at - (0.0 if self._session is None else self._session.life.end)
            self._session = session = _Session(vault, Period(now, expires_at))
            # At the token's maximum life a renewal succeeds without moving the expiry.
            if lease.renewable and seconds > 0 and later > seconds / 10:
                self._renewal = self.clock.call_later(seconds * 2 / 3, lambda: self._renew(session))

    def _renew(self, session: _Session) -> None:
        if session is not self._session:
            return
        try:
            renewed = session.vault.write("auth/token/renew-self", {}, lease_of)
        except WebexTokenError:
            # The next use logs in, or reports the error.
            return
        with self._lock:
            if session is self._session:
                self._keep(session.vault, renewed)


def _revoke(vault: VaultConnection) -> None:
    try:
        vault.revoke_token()
    except WebexTokenError:
        # The token expires with its lease.
        return
