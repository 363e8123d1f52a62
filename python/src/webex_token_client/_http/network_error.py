"""The error if no answer arrived, or only a part of one."""

from __future__ import annotations

import errno
import re
import socket
import ssl
from http.client import HTTPException, IncompleteRead, RemoteDisconnected

_TRANSIENT = re.compile(
    r"(?:ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)\b.*"
    r"|the proxy answered (?:429|5\d\d)"
)

_BEFORE_REQUEST = re.compile(
    r"(?:ECONNREFUSED|ENOTFOUND|EAI_|EPROTO|ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)"
    r"|.*\bthe proxy\b"
)
"""Codes of failures before the request is sent: no address, no connection, or an untrusted certificate."""

_CERTIFICATE = {
    10: "CERT_HAS_EXPIRED",
    18: "DEPTH_ZERO_SELF_SIGNED_CERT",
    19: "SELF_SIGNED_CERT_IN_CHAIN",
    20: "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    21: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    62: "ERR_TLS_CERT_ALTNAME_INVALID",
    64: "ERR_TLS_CERT_ALTNAME_INVALID",
}
"""Codes of OpenSSL's verification, in the words of Node."""


class NetworkError(Exception):
    """A failed request. It keeps only a code, because the original error can hold the request with its token.

    ``code`` has the form of Node, such as ``ECONNREFUSED``, or words about a proxy. ``ETIMEDOUT`` is a missed deadline,
    and ``EMSGSIZE`` an answer that is too long.
    """

    def __init__(self, code: str) -> None:
        super().__init__(f"the request failed ({code})")
        self.code = code

    @property
    def is_transient(self) -> bool:
        """Whether the failure may pass. An untrusted certificate, for example, stays."""
        return _TRANSIENT.fullmatch(self.code) is not None

    @property
    def may_have_arrived(self) -> bool:
        """Whether the server may have executed the request nevertheless."""
        return _BEFORE_REQUEST.match(self.code) is None


def network_code(error: OSError | HTTPException) -> str:  # noqa: PLR0911
    """Return the code of a failure of Python's modules."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _CERTIFICATE.get(error.verify_code, f"CERT_{error.verify_code}")
    if isinstance(error, TimeoutError):
        return "ETIMEDOUT"
    if isinstance(error, (RemoteDisconnected, IncompleteRead, ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return "ECONNRESET"
    if isinstance(error, ssl.SSLError):
        reason = error.reason or "UNKNOWN"
        return "EPROTO" if "WRONG_VERSION" in reason or "HTTP_REQUEST" in reason else f"ERR_SSL_{reason}"
    if isinstance(error, socket.gaierror):
        return "EAI_AGAIN" if error.errno == socket.EAI_AGAIN else "ENOTFOUND"
    if isinstance(error, OSError):
        return errno.errorcode.get(error.errno or 0, "no reason given")
    return type(error).__name__
