"""The errors of this package. Each class stands for one action of the caller."""

from __future__ import annotations

from typing import Any

from ._command_line import command_line


class WebexTokenError(Exception):
    """The base class of all errors of this package. ``code`` is the same text as in the package for Node."""

    code = "ERR_EXPLAINED"

    def again(self) -> WebexTokenError:
        """Return a copy without a traceback, because each caller who waits raises the error by itself."""
        copy = _rebuilt(type(self), self.args, self.__dict__)
        copy.__cause__ = self.__cause__
        return copy

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), self.args, dict(self.__dict__))


def _rebuilt(kind: type[WebexTokenError], args: tuple[object, ...], fields: dict[str, object]) -> WebexTokenError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(fields)
    return error


class ExplainedError(WebexTokenError):
    """The base class of errors whose message is for a person: the value, the reason, and the next step, in one line."""


class NotAuthorizedYet(ExplainedError):
    """Nobody has consented to the credential yet, or it was deleted. Have a person consent, by its command."""

    code = "ERR_NOT_AUTHORIZED_YET"

    def __init__(self, credential: str, message: str | None = None) -> None:
        super().__init__(
            message
            or f'credential "{credential}" has no grant: nobody authorized it, or its grant was revoked; '
            f"run: {command_line('authorize', credential)}"
        )
        self.credential = credential


class AuthorizationPending(NotAuthorizedYet):
    """A consent was begun elsewhere and is not finished. Wait until it is, or until its code expires."""

    code = "ERR_AUTHORIZATION_PENDING"

    def __init__(self, credential: str, message: str | None = None) -> None:
        super().__init__(
            credential,
            message
            or f'credential "{credential}" waits for a consent that was begun elsewhere; finish it there, or let its '
            f"code expire and have it authorized then: {command_line('authorize', credential)}",
        )


class ReauthorizationRequired(ExplainedError):
    """Webex refuses the grant permanently. Have a person consent again, by the command in the text."""

    code = "ERR_REAUTHORIZATION_REQUIRED"

    def __init__(self, credential: str, said: str, message: str | None = None) -> None:
        super().__init__(
            message
            or f'Webex does not renew credential "{credential}" any more ({said}); '
            f"authorize it again: {command_line('authorize', credential)}"
        )
        self.credential = credential


class TemporarilyUnavailable(ExplainedError):
    """Vault, Webex or the network fails for now. Try again later. ``retry_after`` is the asked pause in seconds."""

    code = "ERR_TEMPORARILY_UNAVAILABLE"

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class VaultSealed(ExplainedError):
    """The server is sealed. Tell the people who run it, who must unseal it, and try again afterwards."""

    code = "ERR_VAULT_SEALED"

    def __init__(self, address: str | None = None) -> None:
        place = "" if address is None else f" at {address}"
        super().__init__(f'Vault{place} is sealed; unseal it with "{command_line("unseal")}", then try again')
        self.address = address


class NotPermitted(ExplainedError):
    """Vault refuses the login, or its policies refuse the request. Correct the identity of the app.

    ``credential`` is the name of the refused credential, or ``None`` if Vault refuses the login.
    """

    code = "ERR_NOT_PERMITTED"

    def __init__(self, message: str, credential: str | None = None) -> None:
        super().__init__(message)
        self.credential = credential


class NotDeployed(ExplainedError):
    """The engine, the integration or the auth method is missing in Vault, or wrong. Tell the people who deploy it."""

    code = "ERR_NOT_DEPLOYED"


class IntegrationRefused(NotDeployed):
    """Webex refuses the client id or the client secret. Have the secret corrected; nobody has to consent again."""

    code = "ERR_INTEGRATION_REFUSED"

    def __init__(self, credential: str, said: str) -> None:
        super().__init__(
            f'Webex refuses the integration of credential "{credential}", but not its grant ({said}); '
            "check the client secret of that integration in Vault. Nobody has to consent again"
        )
        self.credential = credential
        self.said = said


class WrappingTokenSpentError(ExplainedError):
    """Vault does not know the wrapping token any more. Have the secret ids of the app destroyed and another issued."""

    code = "ERR_WRAPPING_TOKEN_SPENT"

    def __init__(self, message: str | None = None) -> None:
        super().__init__(
            message
            or "Vault does not know the wrapping token (any more): it expired, or it was used already. If you did not "
            "use it, someone has taken the secret id. Have the secret ids of this app destroyed and a new one issued: "
            f"{command_line('issue', 'APP')}"
        )


class WrappingTokenForgedError(ExplainedError):
    """The AppRole method did not make the wrapping token. Do not use it, and have a new one issued."""

    code = "ERR_WRAPPING_TOKEN_FORGED"

    def __init__(self, creation_path: str) -> None:
        super().__init__(
            f'the wrapping token was made by "{creation_path}" and not for a secret id. It may have been replaced on '
            f"its way, so do not use it. Have a new one issued: {command_line('issue', 'APP')}"
        )
