"""The login by role id and secret id."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from .._clock import Clock, Timer
from .._safe_text import describe_error
from .._secret import Secret
from .._vault.vault_connection import VaultConnection
from ..errors import NotPermitted, WebexTokenError
from ..identity import AppRole
from .secret_id_file import SecretIdFile
from .secret_id_renewal import SecretIdRenewal
from .vault_lease import VaultLease, login_at
from .vault_login import LoggedIn, Presented, VaultLogin
from .wrapped_secret_id import WrappedSecretId

_SHORTEST_LOOK = 1.0
"""Shortest wait in seconds before the next look at a secret id."""

_RETRY_LOOK = 3600.0
"""Longest wait after a failed look."""

_LONGEST_LOOK = (2**31 - 1) / 1000


class AppRoleLogin(VaultLogin):
    """A login by an AppRole, whose secret id is given, in a file or wrapped."""

    def __init__(
        self, vault: VaultConnection, clock: Clock, app_role: AppRole, on_warning: Callable[[str], None]
    ) -> None:
        """Take a connection, whose token is not used."""
        self._vault = vault.with_token(None)
        self._role_id = app_role.role_id
        self._mount_path = app_role.mount_path
        self._secret_id = None if app_role.secret_id is None else Secret(app_role.secret_id)
        self._file = None if app_role.secret_id_file is None else SecretIdFile(app_role.secret_id_file)
        self._wrapped = (
            None if app_role.wrapping_token is None else WrappedSecretId(self._vault, Secret(app_role.wrapping_token))
        )
        self._renews = app_role.renew_secret_id
        self._on_warning = on_warning
        self._next_look: Timer | None = None
        self._is_closed = False
        super().__init__(clock)

    def forget_threads(self) -> None:
        """Begin anew in a forked process."""
        super().forget_threads()
        self._next_look = None

    def close(self) -> None:
        """Revoke the Vault token, and look at the secret id no more."""
        self._is_closed = True
        if self._next_look is not None:
            self._next_look.cancel()
        super().close()

    def present(self) -> Presented:
        """Read the secret id from its source."""
        secret_id = self._read()
        return Presented(secret_id, self._vault, lambda: self._log_in(secret_id))

    def on_login(self, login: LoggedIn) -> None:
        """Renew the secret id if it is time. It never fails, because a login works without a renewal."""
        if not self._renews or self._file is None:
            return
        role_path = f"auth/{self._mount_path}/role/{login.lease.role_name or ''}"
        outlook = SecretIdRenewal(login.vault, role_path, login.proof, self._file, self.clock.now).look()
        if outlook.warning is not None:
            self._warn(outlook.warning)
        if outlook.look_again is not None:
            self._look_again_in(outlook.look_again)

    def _look_again_in(self, seconds: float) -> None:
        """Serve a program that reads so seldom that its secret id could expire between two logins."""
        with self._lock:
            if self._next_look is not None:
                self._next_look.cancel()
            if not self._is_closed:
                bounded = min(_LONGEST_LOOK, max(_SHORTEST_LOOK, seconds))
                self._next_look = self.clock.call_later(bounded, lambda: self._look_again(bounded))

    def _look_again(self, seconds: float) -> None:
        """Use another login: the known one may have expired, or be in use."""
        try:
            login = self.log_in()
            self.on_login(login)
            with suppress(WebexTokenError):
                login.vault.revoke_token()
        except Exception as error:  # noqa: BLE001 - it is tried again
            self._warn(f"the secret id could not be looked at, to renew it in time: {describe_error(error)}")
            self._look_again_in(min(seconds, _RETRY_LOOK))

    def _warn(self, warning: str) -> None:
        if not self._is_closed:
            self._on_warning(warning)

    def _read(self) -> Secret:
        if self._file is not None:
            return self._file.read()
        if self._wrapped is not None:
            return self._wrapped.read()
        return self._secret_id or Secret("")

    def _log_in(self, secret_id: Secret) -> VaultLease:
        data: dict[str, object] = {"role_id": self._role_id, "secret_id": secret_id}
        return login_at(self._vault, self._mount_path, data, secret_id, self._explain)

    def _explain(self, _said: str, status_code: int) -> NotPermitted | None:
        reason = _REASONS.get(status_code)
        if reason is None:
            return None
        place = f"auth/{self._mount_path}"
        return NotPermitted(f"Vault does not log role id and secret id in at {place} ({status_code}): {reason}")


_REASONS = {
    400: "one of them is wrong, expired or used up, or this network may not use them; have a new secret id issued",
    403: "one of them is wrong, expired or used up, or this network may not use them. Vault may also have locked the "
    "role out for some minutes, after refused logins of another program. Look for that program first, then have a new "
    "secret id issued",
}
