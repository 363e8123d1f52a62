"""Fresh Webex access tokens for apps, from the grants that webex-token-vault keeps in Vault or OpenBao."""

import logging

from ._http.retry import RetryOptions
from ._login.github_id_token import github_id_token
from ._vault.vault_errors import VaultResponseError, VaultUnreachableError
from .credential_reading import CredentialReading
from .errors import (
    AuthorizationPending,
    ExplainedError,
    IntegrationRefused,
    NotAuthorizedYet,
    NotDeployed,
    NotPermitted,
    ReauthorizationRequired,
    TemporarilyUnavailable,
    VaultSealed,
    WebexTokenError,
    WrappingTokenForgedError,
    WrappingTokenSpentError,
)
from .identity import AppRole, Cert, Identity, Jwt, Kubernetes
from .token_source import TokenSource
from .token_source_environment import credentials_from_environment, token_source_from_environment

__all__ = [
    "AppRole",
    "AuthorizationPending",
    "Cert",
    "CredentialReading",
    "ExplainedError",
    "Identity",
    "IntegrationRefused",
    "Jwt",
    "Kubernetes",
    "NotAuthorizedYet",
    "NotDeployed",
    "NotPermitted",
    "ReauthorizationRequired",
    "RetryOptions",
    "TemporarilyUnavailable",
    "TokenSource",
    "VaultResponseError",
    "VaultSealed",
    "VaultUnreachableError",
    "WebexTokenError",
    "WrappingTokenForgedError",
    "WrappingTokenSpentError",
    "credentials_from_environment",
    "github_id_token",
    "token_source_from_environment",
]

logging.getLogger("webex_token_client").addHandler(logging.NullHandler())
