"""The reading of a credential, and the errors of the engine."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

from .._command_line import command_line
from ..credential_reading import CredentialReading
from ..errors import (
    AuthorizationPending,
    ExplainedError,
    IntegrationRefused,
    NotAuthorizedYet,
    NotDeployed,
    NotPermitted,
    ReauthorizationRequired,
    TemporarilyUnavailable,
)
from .vault_connection import VaultConnection
from .vault_errors import VaultResponseError, explain_outage, what_vault_said


def read_credential(vault: VaultConnection, mount_path: str, name: str) -> CredentialReading:
    """Read ``creds/<name>`` of the engine.

    Raises NotAuthorizedYet, ReauthorizationRequired, IntegrationRefused, TemporarilyUnavailable, VaultSealed,
    NotPermitted, NotDeployed or VaultUnreachableError.
    """
    path = "/".join(_segment(part) for part in name.split("/"))
    try:
        return vault.read(f"{mount_path}/creds/{path}", lambda reply: CredentialReading(reply, vault.hide_token))
    except VaultResponseError as error:
        refusal = error
    raise explain_refusal(refusal, vault.address, mount_path, name)


def explain_refusal(error: VaultResponseError, address: str, mount_path: str, name: str) -> ExplainedError:
    """Return the error for a refused read."""
    said = what_vault_said(error)
    if error.status_code == 400:  # noqa: PLR2004
        return _explain_state(said, name)
    if error.status_code == 403:  # noqa: PLR2004
        return NotPermitted(
            f'this Vault token may not read credential "{name}": it is not valid, or its policies lack "read" on '
            f"{mount_path}/creds/{name}; check its name as well, as Vault refuses an unknown name in the same words",
            name,
        )
    if error.status_code == 404:  # noqa: PLR2004
        return NotAuthorizedYet(name) if said == "" else _engine_missing(mount_path, said)
    return explain_outage(error, address, f'serve credential "{name}"')


def _segment(part: str) -> str:
    """Return a name as a part of a URL."""
    try:
        return quote(part, safe="!~*'()-_.")
    except UnicodeEncodeError:
        raise ExplainedError(
            f"no credential is called {json.dumps(part)}, which has half a character in it; "
            "give the name as it is declared"
        ) from None


def _engine_missing(mount_path: str, said: str) -> NotDeployed:
    if "backend is nil" in said:
        return NotDeployed(
            f"the engine at {mount_path}/ is mounted, but its plugin does not run. Its binary is missing in the "
            "server's plugin directory, or the binary does not have the registered sha256; the server's log says "
            "which. Put the right binary there and restart the server, or deploy webex-tokens with the sha256 of the "
            "new one"
        )
    return NotDeployed(
        f"no oauthapp engine is mounted at {mount_path}/; have stack webex-tokens deployed, or name the mount that it "
        "has"
    )


def _explain_state(said: str, name: str) -> ExplainedError:
    # The engine reports the states of a grant by its text only.
    if "token pending issuance" in said:
        return AuthorizationPending(name)
    if "has configuration problems" in said or "server configuration does not exist" in said:
        return NotDeployed(f'the integration of credential "{name}" is broken ({said}); deploy webex-tokens')
    if "device code exchange failed" in said:
        return ReauthorizationRequired(
            name,
            said,
            f'nobody finished the consent to credential "{name}" that was begun elsewhere ({said}); '
            f"have it authorized: {command_line('authorize', name)}",
        )
    refused = _what_webex_refused(said)
    if refused is not None:
        return ReauthorizationRequired(name, said) if refused == "grant" else IntegrationRefused(name, said)
    if "token expired" in said:
        return TemporarilyUnavailable(
            f'the access token of "{name}" has expired and could not be refreshed yet; try again later, and if that '
            "persists, check that Vault reaches Webex, or run: "
            f"{command_line('authorize', name, '--pkce', '--replace')}"
        )
    return ExplainedError(f'Vault does not hand out credential "{name}": {said or "no message"}; see the server\'s log')


def _what_webex_refused(said: str) -> str | None:
    """Return the refused part of an OAuth request: the grant, the client, or the request itself (RFC 6749, 5.2).

    The engine tries each client secret of an integration. ``invalid_grant`` in its words means that Webex accepted one
    of them and refused the grant.
    """
    codes = re.findall(r"server rejected request: (\w+)", said, re.ASCII)
    if "invalid_grant" in codes:
        return "grant"
    if "missing client secret" in said or any(code in ("invalid_client", "unauthorized_client") for code in codes):
        return "client"
    return "request" if codes else None
