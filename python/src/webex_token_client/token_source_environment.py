"""A source for the Vault and the identity that the environment names."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

from ._clock import Clock
from ._http.http_request import Transport
from ._http.retry import RetryOptions
from ._login.identity_environment import identity_from_environment
from ._safe_text import one_line
from ._settings import Environment, mount_of, read_setting, switched_on, vault_variable
from ._vault.vault_url import refuse_plain_http, split_url
from .errors import ExplainedError
from .token_source import TokenSource


def token_source_from_environment(
    credential: str,
    *,
    on_warning: Callable[[str], None] | None = None,
    retry: RetryOptions | None = None,
    env: Environment | None = None,
    clock: Clock | None = None,
    transport: Transport | None = None,
) -> TokenSource:
    """Return a source for the Vault and the identity that the environment names.

    Raises ExplainedError if the environment is incomplete or ambiguous. ``clock`` and ``transport`` are for tests.
    """
    env = os.environ if env is None else env
    address = _address(env)
    identity = identity_from_environment(env, transport)
    if identity is None:
        raise ExplainedError(
            "VAULT_ROLE_ID is not set, so there is no app to log in as. Set it and VAULT_SECRET_ID_FILE as "
            '"webex-token-vault issue" printed them, or set VAULT_AUTH_METHOD for another identity'
        )
    ca_file = vault_variable("CACERT", env)
    return TokenSource(
        credential,
        address=address,
        identity=identity,
        mount_path=mount_of(env.get("OAUTHAPP_MOUNT")) or "oauthapp",
        namespace=vault_variable("NAMESPACE", env),
        ca=None if ca_file is None else _certificates_in(ca_file),
        allow_http=switched_on("ALLOW_HTTP", env),
        retry=retry,
        on_warning=on_warning,
        clock=clock,
        transport=transport,
    )


def credentials_from_environment(env: Environment | None = None) -> list[str]:
    """Return the names of the credentials that the app reads, such as one for each organization.

    They are in the variable ``WEBEX_CREDENTIALS``, between spaces. ``webex-token-vault issue`` prints it for an app
    that reads several. Raises ExplainedError if the variable is not set::

        for credential in credentials_from_environment():
            with token_source_from_environment(credential) as tokens:
                report(tokens)
    """
    env = os.environ if env is None else env
    names = env.get("WEBEX_CREDENTIALS", "").split()
    if not names:
        raise ExplainedError(
            "WEBEX_CREDENTIALS names no credential, so there is nothing to loop over; set it as "
            '"webex-token-vault issue" printed it, like WEBEX_CREDENTIALS="people-me-acme people-me-globex"'
        )
    return list(dict.fromkeys(names))


def _address(env: Environment) -> str:
    address = vault_variable("ADDR", env)
    if address is None:
        raise ExplainedError(
            "VAULT_ADDR is not set, so there is no Vault to ask; set it, like VAULT_ADDR=http://127.0.0.1:8200"
        )
    setting = "BAO_ADDR" if env.get("BAO_ADDR") else "VAULT_ADDR"
    url = split_url(address)
    # The message below quotes an invalid URL.
    if "@" in (address if url is None else url.netloc):
        raise ExplainedError(
            f"{setting} must hold no user and password, as it is shown and written to files; leave them out"
        )
    if url is None or url.query or url.fragment:
        raise ExplainedError(
            f'{setting} must be an http or https URL, got "{one_line(address)}"; write it like "http://127.0.0.1:8200"'
        )
    if not switched_on("ALLOW_HTTP", env):
        refuse_plain_http(address, f"use https in {setting}, or set VAULT_ALLOW_HTTP=true if a service mesh encrypts")
    return address.rstrip("/")


def _certificates_in(file: str) -> str:
    pem = read_setting("VAULT_CACERT", file)
    if re.search(r"-----BEGIN (?:TRUSTED )?CERTIFICATE-----", pem) is None:
        raise ExplainedError(
            f"VAULT_CACERT names {file}, which holds no PEM certificate; give that of the CA, which begins with "
            "-----BEGIN CERTIFICATE-----"
        )
    return pem
