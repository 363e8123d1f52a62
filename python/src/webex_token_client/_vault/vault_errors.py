"""Errors of requests to Vault."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from .._http.network_error import NetworkError
from .._safe_text import one_line, safe_text
from ..errors import ExplainedError, TemporarilyUnavailable, VaultSealed, WebexTokenError

_TOO_MANY = 429
_SERVER_ERROR = 500


class VaultResponseError(WebexTokenError):
    """Vault refused a request. ``status_code`` and ``errors`` say why. Try again later if ``is_transient`` is true."""

    code = "ERR_VAULT_RESPONSE"

    def __init__(
        self, method: str, path: str, status_code: int, errors: Sequence[str], retry_after: float | None = None
    ) -> None:
        self.method = method
        self.path = path
        self.status_code = status_code
        self.errors = tuple(errors)
        self.retry_after = retry_after
        self.said = one_line("; ".join(errors))
        super().__init__(f"Vault answered {status_code} to {method} {path}: {self.said or 'no message'}")

    @property
    def is_transient(self) -> bool:
        """Whether the same request may succeed later."""
        return self.status_code == _TOO_MANY or self.status_code >= _SERVER_ERROR

    @property
    def may_have_arrived(self) -> bool:
        """Whether Vault may have executed the request. It may have failed during the request."""
        return self.status_code >= _SERVER_ERROR


class VaultUnreachableError(ExplainedError):
    """Vault did not answer. Check the address, the network and the certificate. See ``is_transient``."""

    code = "ERR_VAULT_UNREACHABLE"

    def __init__(self, address: str, network_code: str) -> None:
        default = "check VAULT_ADDR and that the server runs"
        advice = _PROXY_ADVICE if "the proxy" in network_code else _ADVICE.get(network_code, default)
        super().__init__(f"no answer from Vault at {address} ({network_code}); {advice}")
        self.address = address
        self.network_code = network_code

    @property
    def is_transient(self) -> bool:
        """Whether a later attempt may succeed without a correction."""
        return NetworkError(self.network_code).is_transient

    @property
    def may_have_arrived(self) -> bool:
        """Whether Vault may have executed the request."""
        return NetworkError(self.network_code).may_have_arrived


def what_vault_said(error: VaultResponseError, secrets: Iterable[str] = ()) -> str:
    """Return the messages of Vault, without the prefix of its error lists, and without secrets."""
    return safe_text(re.sub(r"\d+ errors? occurred:\s*\*\s*", "", error.said), secrets)


def not_vault(address: str, method: str, path: str) -> ExplainedError:
    """Return the error for an answer of another server."""
    return ExplainedError(
        f"{address} answered {method} {path} with something that is not a Vault reply; "
        "check that VAULT_ADDR is a Vault or OpenBao server"
    )


def explain_outage(
    error: VaultResponseError, address: str, task: str, secrets: Iterable[str] = ()
) -> VaultSealed | TemporarilyUnavailable:
    """Return the error for a refusal that is about the server, not about the request.

    ``task`` is what failed, such as "log in at auth/approle". ``secrets`` are hidden if the server quotes them.
    """
    said = what_vault_said(error, secrets) or "no message"
    if "sealed" in said:
        return VaultSealed(address)
    message = f"Vault could not {task} ({error.status_code}: {said}); try again later"
    return TemporarilyUnavailable(message, error.retry_after)


_PROXY_ADVICE = "check HTTPS_PROXY, and NO_PROXY for servers that are reached without it"

_UNKNOWN_CA = "its certificate is from a CA that is not trusted here; set VAULT_CACERT to that CA"

_ADVICE = {
    "SELF_SIGNED_CERT_IN_CHAIN": _UNKNOWN_CA,
    "DEPTH_ZERO_SELF_SIGNED_CERT": "its certificate is self-signed; set VAULT_CACERT to it",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE": _UNKNOWN_CA,
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY": _UNKNOWN_CA,
    "ERR_TLS_CERT_ALTNAME_INVALID": "its certificate is for another host name; use that name in VAULT_ADDR",
    "CERT_HAS_EXPIRED": "its certificate has expired; renew it on the server",
    "EMSGSIZE": "its answer is longer than any of Vault; check that VAULT_ADDR is a Vault or OpenBao server",
    "EPROTO": "it does not speak TLS; use http in VAULT_ADDR if that is meant",
}
