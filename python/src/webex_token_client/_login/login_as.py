"""The login of an identity."""

from __future__ import annotations

from collections.abc import Callable

from .._clock import Clock
from .._vault.vault_connection import VaultConnection
from ..identity import AppRole, Cert, Identity, Jwt, Kubernetes
from .app_role_login import AppRoleLogin
from .cert_login import CertLogin
from .jwt_login import JwtLogin
from .vault_login import VaultLogin


def login_as(vault: VaultConnection, clock: Clock, identity: Identity, on_warning: Callable[[str], None]) -> VaultLogin:
    """Return the login of an identity. ``on_warning`` gets the reason if a secret id could not be renewed."""
    if isinstance(identity, AppRole):
        return AppRoleLogin(vault, clock, identity, on_warning)
    if isinstance(identity, (Jwt, Kubernetes)):
        return JwtLogin(vault, clock, identity)
    if isinstance(identity, Cert):
        return CertLogin(vault, clock, identity)
    raise TypeError("give an identity: AppRole, Jwt, Kubernetes or Cert")
