"""A wrapped secret id, which is unwrapped once."""

from __future__ import annotations

import re

from .._command_line import command_line
from .._http.json_fields import data_of, text_of
from .._safe_text import one_line
from .._secret import Secret
from .._vault.vault_connection import VaultConnection
from .._vault.vault_errors import VaultResponseError, VaultUnreachableError, explain_outage
from ..errors import TemporarilyUnavailable, WebexTokenError, WrappingTokenForgedError, WrappingTokenSpentError


class WrappedSecretId:
    """The first read unwraps it. Not for concurrent use."""

    def __init__(self, vault: VaultConnection, wrapping_token: Secret) -> None:
        """Take a connection, whose token is not used."""
        self._bearer = vault.with_token(wrapping_token)
        self._wrapping_token = wrapping_token
        self._secret_id: Secret | None = None
        self._lost: str | None = None
        """Reason why the answer to an unwrapping was lost. The wrapping token may be used up since then."""

    def read(self) -> Secret:
        """Return the secret id. After a transient error it can be called again.

        Raises WrappingTokenSpentError, WrappingTokenForgedError, TemporarilyUnavailable, VaultSealed or
        VaultUnreachableError.
        """
        if self._secret_id is None:
            self._secret_id = self._take()
        return self._secret_id

    def _take(self) -> Secret:
        self._look_up()
        try:
            return self._bearer.write(
                "sys/wrapping/unwrap", {}, lambda reply: Secret(text_of(data_of(reply).get("secret_id")))
            )
        except (VaultResponseError, VaultUnreachableError) as error:
            failure = error
        if not failure.may_have_arrived:
            raise self._explain(failure)
        self._lost = str(failure.status_code) if isinstance(failure, VaultResponseError) else failure.network_code
        try:
            self._look_up()
        except WrappingTokenSpentError:
            raise
        except WebexTokenError:
            raise self._may_be_spent() from None
        raise self._explain(failure)

    def _look_up(self) -> None:
        # A thief of the token could have wrapped another secret id. Only the server knows the path that made a token.
        try:
            creation_path = self._bearer.write(
                "sys/wrapping/lookup",
                {"token": self._wrapping_token},
                lambda reply: text_of(data_of(reply).get("creation_path")),
            )
        except VaultResponseError as error:
            explained = self._explain(error)
        else:
            if re.fullmatch(r"auth/.+/role/[^/]+/secret-id", creation_path) is None:
                raise WrappingTokenForgedError(one_line(self._bearer.hide_token(creation_path)))
            return
        raise explained

    def _explain(self, error: VaultResponseError | VaultUnreachableError) -> WebexTokenError:
        if isinstance(error, VaultUnreachableError):
            return error
        if error.status_code not in (400, 403):
            return explain_outage(error, self._bearer.address, "unwrap the secret id")
        if self._lost is None:
            return WrappingTokenSpentError()
        return WrappingTokenSpentError(
            "Vault does not know the wrapping token any more. This program probably used it up, because Vault's answer "
            f"to the unwrapping was lost ({self._lost}). Have that secret id destroyed and a new one issued: "
            f"{command_line('issue', 'APP')}"
        )

    def _may_be_spent(self) -> TemporarilyUnavailable:
        return TemporarilyUnavailable(
            f"Vault's answer to the unwrapping of the secret id was lost ({self._lost}), so the wrapping token may be "
            "used up. Try again later with it. If Vault does not know it then, have a new one issued; that alone is no "
            "sign of theft"
        )
