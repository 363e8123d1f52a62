"""A Vault token and its life."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .._http.json_fields import fields_of, number_of, text_of
from .._secret import Secret
from .._vault.vault_connection import VaultConnection
from .._vault.vault_errors import VaultResponseError, explain_outage, what_vault_said
from ..errors import NotDeployed, WebexTokenError

Explain = Callable[[str, int], "WebexTokenError | None"]
"""Makes the error of a refusal from the words of Vault and its status, or none if they do not concern the login."""


@dataclass(frozen=True)
class VaultLease:
    """A Vault token, and its remaining life in seconds. 0 means unlimited."""

    token: Secret
    duration_seconds: float
    renewable: bool
    role_name: str | None
    """Name of the role of the login, if Vault returns it."""


def login_at(
    vault: VaultConnection, mount_path: str, data: dict[str, object], secret: Secret | None, explain: Explain
) -> VaultLease:
    """Log in once at an auth method. ``secret`` is hidden if Vault quotes it.

    Raises NotDeployed if the mount does not exist, the error of a refusal, TemporarilyUnavailable or VaultSealed.
    """
    try:
        return vault.with_token(None).write(f"auth/{mount_path}/login", data, lease_of)
    except VaultResponseError as error:
        refusal = error
    if refusal.status_code == 404:  # noqa: PLR2004
        raise NotDeployed(
            f"no auth method is mounted at {mount_path}/; have it deployed there, or set VAULT_AUTH_MOUNT "
            "(APPROLE_MOUNT for an AppRole)"
        )
    raise _explained(refusal, vault.address, mount_path, secret, explain)


def _explained(
    refusal: VaultResponseError, address: str, mount_path: str, secret: Secret | None, explain: Explain
) -> WebexTokenError:
    secrets = [] if secret is None else [secret.reveal()]
    known = explain(what_vault_said(refusal, secrets), refusal.status_code)
    return known or explain_outage(refusal, address, f"log in at auth/{mount_path}", secrets)


def lease_of(reply: object) -> VaultLease:
    """Return the lease in a reply to a login or a renewal. Raises TypeError if there is none."""
    auth = fields_of(fields_of(reply).get("auth"))
    metadata = auth.get("metadata")
    role_name = metadata.get("role_name") if isinstance(metadata, dict) else None
    return VaultLease(
        Secret(text_of(auth.get("client_token"))),
        number_of(auth.get("lease_duration")),
        auth.get("renewable") is True,
        role_name if isinstance(role_name, str) else None,
    )
