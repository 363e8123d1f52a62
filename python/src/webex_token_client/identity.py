"""The identity of an app: one of AppRole, Jwt, Kubernetes and Cert."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from os import PathLike
from typing import Union

StrPath = Union[str, "PathLike[str]"]


@dataclass(frozen=True)
class AppRole:
    """The login by an AppRole. Exactly one of ``secret_id``, ``secret_id_file`` and ``wrapping_token`` is set."""

    role_id: str
    """Role id of the app. It is not a secret."""
    secret_id: str | None = field(default=None, repr=False)
    """The secret id itself."""
    secret_id_file: StrPath | None = None
    """File with the secret id. It is read at every login, so it may be replaced while the program runs."""
    wrapping_token: str | None = field(default=None, repr=False)
    """Response-wrapping token that holds the secret id. It is unwrapped once, at the first login."""
    renew_secret_id: bool = False
    """Whether to issue a new secret id, and to write it to the file, if less than a third of its life is left."""
    mount_path: str = "approle"
    """Mount of the auth method."""

    def __post_init__(self) -> None:
        """Raise TypeError unless there is exactly one source of the secret id, and a file if it is renewed."""
        sources = (self.secret_id, self.secret_id_file, self.wrapping_token)
        if sum(source is not None for source in sources) != 1:
            raise TypeError("give exactly one of secret_id, secret_id_file and wrapping_token")
        if self.renew_secret_id and self.secret_id_file is None:
            raise TypeError("renew_secret_id goes with secret_id_file, where the new secret id is written")


@dataclass(frozen=True)
class Jwt:
    """The login by a JWT of another issuer, such as a CI system. Exactly one of ``file`` and ``token`` is set."""

    role: str
    """Name of the role in Vault, which is the name of the app."""
    file: StrPath | None = None
    """File with the token. It is read at every login, because others replace it."""
    token: Callable[[], str] | None = field(default=None, repr=False)
    """Returns the token, and is called at every login."""
    mount_path: str = "jwt"
    """Mount of the auth method."""

    def __post_init__(self) -> None:
        """Raise TypeError unless there is exactly one source of the token."""
        if (self.file is None) == (self.token is None):
            raise TypeError("give exactly one of file and token")


@dataclass(frozen=True)
class Kubernetes:
    """The login by the service account of a pod."""

    role: str
    """Name of the role in Vault, which is the name of the app."""
    file: StrPath | None = None
    """File with the token. It is read at every login. By default the file that every pod has."""
    mount_path: str = "kubernetes"
    """Mount of the auth method."""


@dataclass(frozen=True)
class Cert:
    """The login by a client certificate of TLS. Its files are read at every login, so they may be replaced."""

    role: str
    """Name of the role in Vault, which is the name of the app."""
    cert_file: StrPath
    """PEM file of the certificate, with the intermediate CAs up to the declared one."""
    key_file: StrPath
    """PEM file of the private key, without a passphrase."""
    mount_path: str = "cert"
    """Mount of the auth method."""


Identity = AppRole | Jwt | Kubernetes | Cert
