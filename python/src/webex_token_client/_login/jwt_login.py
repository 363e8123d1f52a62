"""A login by a JWT of another issuer: a CI system, a cluster, an identity provider."""

from __future__ import annotations

from collections.abc import Callable
from os import fspath
from pathlib import Path

from .._clock import Clock
from .._secret import Secret
from .._settings import error_code, read_setting
from .._vault.vault_connection import VaultConnection
from ..errors import ExplainedError
from ..identity import Jwt, Kubernetes
from .json_web_token import require_jwt
from .jwt_refusal import JwtAttempt, explain_jwt_refusal
from .login_hold_off import WITHOUT_LOCKOUT
from .vault_lease import VaultLease, login_at
from .vault_login import Presented, VaultLogin

POD_TOKEN_FILE = "/var/run/secrets/kubernetes.io/serviceaccount/token"  # noqa: S105 - a path
"""See https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/"""


class JwtLogin(VaultLogin):
    """A login by a token of a file, a function or a pod."""

    def __init__(self, vault: VaultConnection, clock: Clock, identity: Jwt | Kubernetes) -> None:
        """Take a connection, whose token is not used."""
        super().__init__(clock, WITHOUT_LOCKOUT)
        self._vault = vault.with_token(None)
        self._identity = identity
        self._method = "jwt" if isinstance(identity, Jwt) else "kubernetes"

    def present(self) -> Presented:
        """Read the token from its file. The function is called by the login."""
        if isinstance(self._identity, Jwt) and self._identity.token is not None:
            function = self._identity.token
            # Each token may be new, so the hold-off counts refusals of the function, not of a token.
            return Presented(Secret("token"), self._vault, lambda: self._log_in(_token_of(function)))
        jwt = self._read()
        return Presented(jwt, self._vault, lambda: self._log_in(jwt))

    def _log_in(self, jwt: Secret) -> VaultLease:
        role, mount_path = self._identity.role, self._identity.mount_path
        attempt = JwtAttempt(jwt, role, mount_path, self._method, self._vault.address, self.clock.now())
        data: dict[str, object] = {"role": role, "jwt": jwt}
        return login_at(
            self._vault, mount_path, data, jwt, lambda said, status: explain_jwt_refusal(said, status, attempt)
        )

    def _read(self) -> Secret:
        file = self._identity.file
        if file is None:
            return require_jwt(_pod_token(), f"{POD_TOKEN_FILE} holds")
        text = Secret(read_setting("VAULT_JWT_FILE", file))
        return require_jwt(text, f"VAULT_JWT_FILE names {fspath(file)}, which holds")


def _token_of(function: Callable[[], str]) -> Secret:
    return require_jwt(Secret(function()), 'the function "token" gave')


def _pod_token() -> Secret:
    try:
        return Secret(Path(POD_TOKEN_FILE).read_text("utf-8", "replace"))
    except OSError as error:
        code = error_code(error)
    raise ExplainedError(
        f"no service account token is at {POD_TOKEN_FILE} ({code}), where a pod has one by default; "
        "set VAULT_JWT_FILE to its path, or run this in a pod"
    )
