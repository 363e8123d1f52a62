"""A client certificate of TLS, and its expiry."""

from __future__ import annotations

import re
import ssl
import threading
from dataclasses import dataclass
from datetime import datetime, timezone
from os import fspath

from .._clock import Clock
from .._secret import Secret
from .._settings import read_setting
from ..errors import ExplainedError
from ..identity import Cert

_REPLACING_SECONDS = 0.25
"""Wait for the replacement of both files, which is not atomic."""

_UTC_TIME = 0x17
_EXPLICIT_VERSION = 0xA0


@dataclass(frozen=True)
class ClientCertificate:
    """A certificate whose key belongs to it. ``context`` has both."""

    proof: Secret
    expire_time: datetime
    files: tuple[str, str]


def read_client_certificate(cert: Cert, clock: Clock) -> ClientCertificate:
    """Read the files. Raises ExplainedError with the file, unless they are a certificate and its key."""
    found = _read_pair(cert)
    if found is None:
        clock.sleep(_REPLACING_SECONDS, threading.Event())
        found = _read_pair(cert)
    if found is None:
        raise ExplainedError(
            f"the key in {fspath(cert.key_file)} (VAULT_CLIENT_KEY) is not that of the certificate in "
            f"{fspath(cert.cert_file)} (VAULT_CLIENT_CERT); give the two that belong together"
        )
    return found


def _read_pair(cert: Cert) -> ClientCertificate | None:
    """Return ``None`` if the key belongs to another certificate."""
    cert_file, key_file = fspath(cert.cert_file), fspath(cert.key_file)
    pem = read_setting("VAULT_CLIENT_CERT", cert_file)
    expire_time = _expiry_in(pem)
    if expire_time is None:
        raise ExplainedError(
            f"VAULT_CLIENT_CERT names {cert_file}, which holds no PEM certificate; give the app's, which begins with "
            "-----BEGIN CERTIFICATE-----"
        )
    read_setting("VAULT_CLIENT_KEY", key_file)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(cert_file, key_file, password=_no_passphrase)
    except (ssl.SSLError, ValueError) as error:
        reason = getattr(error, "reason", "") or ""
    else:
        return ClientCertificate(Secret(pem), expire_time, (cert_file, key_file))
    if "MISMATCH" in reason:
        return None
    raise ExplainedError(
        f"VAULT_CLIENT_KEY names {key_file}, which holds no PEM key that can be used without a passphrase; "
        "give the one that belongs to the certificate"
    )


def _no_passphrase() -> str:
    raise ValueError("a passphrase would be asked for")


def _expiry_in(pem: str) -> datetime | None:
    """Return the end of the first certificate in the text (RFC 5280, 4.1)."""
    match = re.search(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", pem, re.DOTALL)
    try:
        # Certificate, tbsCertificate, then version, serial number, signature, issuer and validity.
        fields = _parts(_parts(_parts(ssl.PEM_cert_to_DER_cert(match.group(0) if match else ""))[0][1])[0][1])
        validity = fields[4 if fields[0][0] == _EXPLICIT_VERSION else 3][1]
        tag, text = _parts(validity)[1]
        digits = text.decode("ascii")
        if tag == _UTC_TIME:
            digits = ("19" if digits >= "50" else "20") + digits
        return datetime.strptime(digits, "%Y%m%d%H%M%SZ").replace(tzinfo=timezone.utc)
    except (ValueError, IndexError):
        return None


def _parts(der: bytes) -> list[tuple[int, bytes]]:
    """Return tag and content of each value in DER."""
    parts: list[tuple[int, bytes]] = []
    at = 0
    while at < len(der):
        tag, size, begin = der[at], der[at + 1], at + 2
        if size >= 0x80:  # noqa: PLR2004 - the long form of a length
            begin += size & 0x7F
            size = int.from_bytes(der[at + 2 : begin], "big")
        parts.append((tag, der[begin : begin + size]))
        at = begin + size
    return parts
