"""A login by a client certificate in TLS. The renewal of the Vault token presents the same certificate."""

from __future__ import annotations

import re

from .._clock import Clock
from .._vault.vault_connection import VaultConnection
from .._vault.vault_errors import VaultUnreachableError
from ..errors import ExplainedError, NotPermitted
from ..identity import Cert
from .client_certificate import ClientCertificate, read_client_certificate
from .login_hold_off import WITHOUT_LOCKOUT
from .vault_lease import VaultLease, login_at
from .vault_login import Presented, VaultLogin

_REFUSED_IN_TLS = re.compile(r"ERR_SSL_.*_ALERT_.*(?:CERT|CA$|ACCESS_DENIED)")


class CertLogin(VaultLogin):
    """A login whose certificate and key are in files."""

    def __init__(self, vault: VaultConnection, clock: Clock, cert: Cert) -> None:
        """Take a connection. Raises ExplainedError if the address of Vault is not https."""
        super().__init__(clock, WITHOUT_LOCKOUT)
        if not vault.address.lower().startswith("https:"):
            raise ExplainedError(
                f"a client certificate needs TLS, and Vault at {vault.address} is asked in plain HTTP; use https in "
                "VAULT_ADDR, without a proxy that ends TLS"
            )
        self._vault = vault
        self._cert = cert

    def present(self) -> Presented:
        """Read the certificate and its key."""
        certificate = read_client_certificate(self._cert, self.clock)
        vault = self._vault.with_certificate(*certificate.files)
        return Presented(certificate.proof, vault, lambda: self._log_in(vault, certificate))

    def _log_in(self, vault: VaultConnection, certificate: ClientCertificate) -> VaultLease:
        end = self._end_of(certificate)
        data: dict[str, object] = {"name": self._cert.role}
        try:
            return login_at(
                vault, self._cert.mount_path, data, None, lambda said, status: self._explain(said, status, end)
            )
        except VaultUnreachableError as error:
            failure = error
        # The listener of Vault requires a certificate of its CA.
        if _REFUSED_IN_TLS.match(failure.network_code):
            raise NotPermitted(
                f"Vault at {vault.address} refuses the client certificate in TLS ({failure.network_code}): "
                f"{end or 'it is not from a CA that the server accepts'}; have another one issued, or the CA added to "
                "the server"
            )
        raise failure

    def _explain(self, said: str, status_code: int, end: str | None) -> NotPermitted | None:
        # Vault reports an expired certificate by a 500.
        if status_code not in (400, 403) and re.search(r"x509|client's certificate", said) is None:
            return None
        quoted = f": {said}" if said else ""
        place = f'auth/{self._cert.mount_path} as "{self._cert.role}"'
        return NotPermitted(
            f"Vault does not log the certificate in at {place} ({status_code}{quoted}): {_reason(said, end)}"
        )

    def _end_of(self, certificate: ClientCertificate) -> str | None:
        """Return ``None`` if the certificate has not expired, by the local clock."""
        end = certificate.expire_time
        return f"it expired on {end:%Y-%m-%dT%H:%M:%S}Z" if end.timestamp() < self.clock.now() else None


def _reason(said: str, end: str | None) -> str:
    if end is not None:
        return f"{end}; have another one issued, and check why that was not done in time"
    return next((text for pattern, text in _REASONS if re.search(pattern, said)), _ANOTHER_CA)


_REASONS = (
    (
        r"^no client certificate|certificate must be supplied|tls connection required",
        "it did not reach Vault, because a proxy ends TLS or the listener asks for no certificate. Connect to Vault "
        "directly, or let TLS pass through (with tls_disable_client_certs off)",
    ),
    (
        r"no chain matching all constraints",
        "it is from the declared CA, but not for the declared DNS name or URI; have one issued for that",
    ),
    (
        r"failed to match all constraints",
        "its CA, or its DNS name or URI, is not the declared one, or there is no such role. Have one issued by that CA "
        "for that name, set VAULT_ROLE to the name of the app, or have the app deployed",
    ),
    (
        r"^permission denied$",
        "no auth method is mounted there, or it refuses this network; set VAULT_AUTH_MOUNT, or have the app deployed",
    ),
)
"""Reasons by the words of Vault. HashiCorp Vault has one text for another CA, another name and a missing role."""

_ANOTHER_CA = (
    "its CA is not the declared one, or there is no such role. Have one issued by that CA, set VAULT_ROLE to the name "
    "of the app, or have the app deployed"
)
