"""The renewal of a secret id before it expires."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from .._command_line import command_line
from .._http.json_fields import data_of, date_of, number_of, text_of
from .._safe_text import describe_error
from .._secret import Secret
from .._settings import error_code
from .._vault.vault_connection import VaultConnection
from .._vault.vault_errors import VaultResponseError, what_vault_said
from .secret_id_file import SecretIdFile

T = TypeVar("T")

_TIMEOUT_SECONDS = 5.0
"""Short, because a caller waits for the access token."""

_RETRIES = 30
"""Looks in the life of a secret id. Ten of them are in its last third, so an outage of some days does no harm."""

_TWO_DAYS = 2 * 24 * 3600


@dataclass(frozen=True)
class Outlook:
    """Result of a look at a secret id: a reason why it was not renewed, and the seconds until the next look.

    Without seconds, the next login looks, because the secret id does not expire or is unknown.
    """

    warning: str | None = None
    look_again: float | None = None


@dataclass(frozen=True)
class _Lifetime:
    expire_time: datetime
    seconds: float


class _UnwritableFileError(Exception):
    """The file cannot take a new secret id."""


@dataclass(frozen=True)
class SecretIdRenewal:
    """A look at a secret id, which writes a new one to the file if less than a third of its life is left.

    The old secret id is left to expire, because copies of the file may be in use. ``vault`` is logged in as the app,
    which must be declared with ``renewsSecretId``. ``role_path`` is such as ``auth/approle/role/people-me``.
    """

    vault: VaultConnection
    role_path: str
    secret_id: Secret
    file: SecretIdFile
    now: Callable[[], float]

    def look(self) -> Outlook:
        """Look at the secret id. It never fails."""
        known: _Lifetime | None = None
        try:
            known = self._look_up()
            return self._renewed(known)
        except Exception as error:  # noqa: BLE001 - a login works without a renewal
            until = "" if known is None else f", which expires on {_describe(known.expire_time, self.now())},"
            return Outlook(
                f"the secret id in {self.file.path}{until} cannot be renewed: {self._explain(error)}",
                None if known is None else known.seconds / _RETRIES,
            )

    def _renewed(self, known: _Lifetime | None) -> Outlook:
        if known is None:
            return Outlook()
        left, third = known.expire_time.timestamp() - self.now(), known.seconds / 3
        if left >= third:
            return Outlook(None, left - third)
        # The same content is written first. A program with an unwritable file would otherwise issue one in each run.
        if not self._written(self.secret_id):
            return Outlook(None, known.seconds / _RETRIES)
        issued, seconds = self._write("secret-id", {}, _issued)
        self._written(issued)
        return Outlook(None, seconds * 2 / 3)

    def _look_up(self) -> _Lifetime | None:
        return self._write("secret-id/lookup", {"secret_id": self.secret_id}, _lifetime)

    def _write(self, path: str, data: dict[str, object], parse: Callable[[object], T]) -> T:
        return self.vault.write(f"{self.role_path}/{path}", data, parse, _TIMEOUT_SECONDS)

    def _written(self, following: Secret) -> bool:
        try:
            return self.file.replace(self.secret_id, following)
        except (OSError, ValueError) as error:
            code = error_code(error)
        raise _UnwritableFileError(
            "the file is a mount of its own, which nothing can replace (EBUSY); mount the folder that it is in instead"
            if code == "EBUSY"
            else f"the file cannot be replaced ({code}); let this program write in its folder and own the file"
        )

    def _explain(self, error: Exception) -> str:
        if isinstance(error, _UnwritableFileError):
            return f"{error}, or have a new one issued in time: {command_line('issue', 'APP')}"
        if isinstance(error, VaultResponseError):
            if error.status_code == 403:  # noqa: PLR2004
                return (
                    f"this app may not (403 at {self.role_path}); declare it with renewsSecretId and deploy, or leave "
                    "VAULT_RENEW_SECRET_ID (renew_secret_id) out"
                )
            said = what_vault_said(error, [self.secret_id.reveal()]) or "no message"
            return f"Vault answered {error.status_code} ({said}); it is tried again"
        return f"{describe_error(error)}; it is tried again"


def _lifetime(reply: object) -> _Lifetime | None:
    """Return ``None`` if the secret id does not expire, or does not exist any more."""
    if reply is None:
        return None
    data = data_of(reply)
    created, expires = (text_of(data.get(name)) for name in ("creation_time", "expiration_time"))
    # Go's zero time, in the year 1, means that it does not expire.
    if expires.startswith("0001-"):
        return None
    expire_time = date_of(expires)
    # The mount may allow less than secret_id_ttl.
    seconds = expire_time.timestamp() - date_of(created).timestamp()
    return _Lifetime(expire_time, seconds) if seconds > 0 else None


def _issued(reply: object) -> tuple[Secret, float]:
    data = data_of(reply)
    return Secret(text_of(data.get("secret_id"))), number_of(data.get("secret_id_ttl"))


def _describe(expire_time: datetime, now: float) -> str:
    """Describe an expiry for a person: the day and the days left, or the second if less than two days are left."""
    left = expire_time.timestamp() - now
    if left < _TWO_DAYS:
        return f"{expire_time:%Y-%m-%dT%H:%M:%S}Z (in {max(0, math.floor(left + 0.5))} s)"
    return f"{expire_time:%Y-%m-%d} (in {math.floor(left / 86400 + 0.5)} days)"
