"""The login of an identity."""

from __future__ import annotations

from .._clock import Clock
from .._vault.vault_connection import VaultConnection
from ..identity import AppRole, Identity
from .app_role_login import AppRoleLogin
from .vault_login import VaultLogin


def login_as(vault: VaultConnection, clock: Clock, identity: Identity) -> VaultLogin:
    """Return the login of an identity."""
    if isinstance(identity, AppRole):
        return AppRoleLogin(vault, clock, identity)
    raise TypeError("give an identity: AppRole, Jwt, Kubernetes or Cert")
