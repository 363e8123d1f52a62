"""The login by role id and secret id."""

from __future__ import annotations

from .._clock import Clock
from .._secret import Secret
from .._vault.vault_connection import VaultConnection
from ..errors import NotPermitted
from ..identity import AppRole
from .secret_id_file import SecretIdFile
from .vault_lease import VaultLease, login_at
from .vault_login import Presented, VaultLogin
from .wrapped_secret_id import WrappedSecretId


class AppRoleLogin(VaultLogin):
    """A login by an AppRole, whose secret id is given, in a file or wrapped."""

    def __init__(self, vault: VaultConnection, clock: Clock, app_role: AppRole) -> None:
        """Take a connection, whose token is not used."""
        super().__init__(clock)
        self._vault = vault.with_token(None)
        self._role_id = app_role.role_id
        self._mount_path = app_role.mount_path
        self._secret_id = None if app_role.secret_id is None else Secret(app_role.secret_id)
        self._file = None if app_role.secret_id_file is None else SecretIdFile(app_role.secret_id_file)
        self._wrapped = (
            None if app_role.wrapping_token is None else WrappedSecretId(self._vault, Secret(app_role.wrapping_token))
        )

    def present(self) -> Presented:
        """Read the secret id from its source."""
        secret_id = self._read()
        return Presented(secret_id, self._vault, lambda: self._log_in(secret_id))

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
