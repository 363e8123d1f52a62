"""An access token, as ``creds/<name>`` returns it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NoReturn

from ._http.json_fields import date_of, fields_of, text_of, texts_of
from ._safe_text import safe_text
from ._secret import Secret


class CredentialReading:
    """An access token with its expiry. No representation, log or pickle shows the token."""

    __slots__ = ("__weakref__", "_access_token", "_expires_at", "expire_time", "integration", "token_type", "warnings")

    token_type: str
    """Type of the token, such as ``Bearer``."""
    integration: str
    """Name of the integration that the grant belongs to."""
    expire_time: datetime | None
    """Expiry of the access token, in UTC. The engine refreshes the token before. ``None``: it does not expire."""
    warnings: tuple[str, ...]
    """Warnings of the engine, such as a failed refresh. The token works until it expires."""

    def __init__(self, reply: Any, hide: Callable[[str], str] = str) -> None:  # noqa: ANN401
        """Take the reply of the engine. ``hide`` removes further secrets from a warning, which may quote the request.

        Raises TypeError if the reply is not from the engine.
        """
        fields = fields_of(reply)
        data = fields_of(fields.get("data"))
        self._access_token = Secret(text_of(data.get("access_token")))
        self.token_type = text_of(data.get("type"))
        self.integration = text_of(data.get("server"))
        self.expire_time = None if data.get("expire_time") is None else date_of(data.get("expire_time"))
        self._expires_at = float("inf") if self.expire_time is None else self.expire_time.timestamp()
        secret = [self._access_token.reveal()]
        self.warnings = tuple(safe_text(hide(warning), secret) for warning in texts_of(fields.get("warnings")))

    @property
    def access_token(self) -> str:
        """The access token itself. Do not keep it: a later reading has a fresh one."""
        return self._access_token.reveal()

    @property
    def expires_at(self) -> float:
        """Expiry of the access token, in seconds since 1970. Infinite if it does not expire."""
        return self._expires_at

    def __repr__(self) -> str:
        until = "no expiry" if self.expire_time is None else f"expires {self.expire_time:%Y-%m-%dT%H:%M:%SZ}"
        return f"<CredentialReading of {self.integration}, {until}, token hidden>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a CredentialReading cannot be pickled, because it holds a token; read it where it is used")

    def __copy__(self) -> CredentialReading:
        return self

    def __deepcopy__(self, _memo: dict[int, object]) -> CredentialReading:
        return self
