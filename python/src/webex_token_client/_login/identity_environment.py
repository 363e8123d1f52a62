"""The identity of the app, from the environment."""

from __future__ import annotations

from collections.abc import Callable

from .._http.http_request import Transport
from .._safe_text import one_line
from .._secret import Secret
from .._settings import Environment, mount_of, switched_on, vault_variable
from ..errors import ExplainedError
from ..identity import AppRole, Cert, Identity, Jwt, Kubernetes
from .github_id_token import github_id_token
from .json_web_token import require_jwt

_METHODS = ("approle", "jwt", "kubernetes", "cert")

_APP_ROLE_VARIABLES = ("ROLE_ID", "SECRET_ID", "SECRET_ID_FILE", "WRAPPED_SECRET_ID")
"""Variables of an AppRole, which exclude another identity."""

_GITHUB_AUDIENCE = "webex-token-vault"
"""Default audience of a declared ``github`` identity."""


def identity_from_environment(env: Environment, transport: Transport | None = None) -> Identity | None:
    """Return ``None`` if the environment names no identity. Raises ExplainedError if it is incomplete or ambiguous.

    ``transport`` sends the request to GitHub. By default it has one of its own.
    """
    asked = vault_variable("AUTH_METHOD", env)
    if (asked or "approle") not in _METHODS:
        known = ", ".join(f'"{each}"' for each in _METHODS)
        raise ExplainedError(
            f'VAULT_AUTH_METHOD must be one of {known}, got "{one_line(asked or "")}"; '
            "set it to the one that the app is declared with"
        )
    if asked is not None and asked != "approle":
        return _other_identity(asked, env, transport)
    app_role = _app_role(env)
    if app_role is None and asked is not None:
        raise ExplainedError(
            "VAULT_AUTH_METHOD is approle, and VAULT_ROLE_ID is not set; set it and VAULT_SECRET_ID_FILE, or unset "
            "VAULT_AUTH_METHOD"
        )
    return app_role


def _other_identity(method: str, env: Environment, transport: Transport | None) -> Identity:
    others = [*_APP_ROLE_VARIABLES, *([] if method == "jwt" else ["JWT"])]
    other = next((name for name in others if vault_variable(name, env) is not None), None)
    if other is not None:
        raise ExplainedError(
            f"there are two identities, VAULT_AUTH_METHOD={method} and VAULT_{other}; unset one of them"
        )
    role = vault_variable("ROLE", env)
    if role is None:
        raise ExplainedError(
            f"VAULT_AUTH_METHOD is {method}, and VAULT_ROLE is not set, so there is no role to log in as; "
            "set it to the name of the app"
        )
    mount_path = mount_of(vault_variable("AUTH_MOUNT", env)) or method
    if method == "jwt":
        file, token = _token(env, transport)
        return Jwt(role, file, token, mount_path)
    if method == "kubernetes":
        return Kubernetes(role, vault_variable("JWT_FILE", env), mount_path)
    return Cert(role, *_certificate(env), mount_path)


def _token(env: Environment, transport: Transport | None) -> tuple[str | None, Callable[[], str] | None]:
    """Return the file with the token, or the function that returns it."""
    file = vault_variable("JWT_FILE", env)
    given = Secret(vault_variable("JWT", env) or "")
    if file is not None and given.reveal():
        raise ExplainedError("there are two identities, VAULT_JWT and VAULT_JWT_FILE; unset one of them")
    if file is not None:
        return file, None
    if given.reveal():
        return None, require_jwt(given, "VAULT_JWT holds").reveal
    if env.get("GITHUB_ACTIONS") or env.get("ACTIONS_ID_TOKEN_REQUEST_URL"):
        return None, github_id_token(vault_variable("JWT_AUDIENCE", env) or _GITHUB_AUDIENCE, env, transport)
    raise ExplainedError(
        "VAULT_AUTH_METHOD is jwt, and there is no token; set VAULT_JWT_FILE to its file, or VAULT_JWT to the token "
        'itself, as "id_tokens" of GitLab does'
    )


def _certificate(env: Environment) -> tuple[str, str]:
    cert_file, key_file = vault_variable("CLIENT_CERT", env), vault_variable("CLIENT_KEY", env)
    if cert_file is None or key_file is None:
        missing = "VAULT_CLIENT_CERT" if cert_file is None else "VAULT_CLIENT_KEY"
        raise ExplainedError(
            f"VAULT_AUTH_METHOD is cert, and {missing} is not set; set VAULT_CLIENT_CERT and VAULT_CLIENT_KEY to the "
            "files of the app's certificate and its key"
        )
    return cert_file, key_file


def _app_role(env: Environment) -> AppRole | None:
    """Return ``None`` if the environment has neither a role id nor a secret id."""
    role_id = vault_variable("ROLE_ID", env)
    names = ("SECRET_ID", "SECRET_ID_FILE", "WRAPPED_SECRET_ID")
    given = [name for name in names if vault_variable(name, env) is not None]
    if role_id is None and not given:
        return None
    if role_id is None:
        raise ExplainedError(
            "there is a secret id but no role id; set VAULT_ROLE_ID, or unset VAULT_SECRET_ID, VAULT_SECRET_ID_FILE "
            "and VAULT_WRAPPED_SECRET_ID"
        )
    if len(given) != 1:
        raise ExplainedError(
            f"{'more than one' if given else 'none'} of VAULT_SECRET_ID, VAULT_SECRET_ID_FILE and "
            "VAULT_WRAPPED_SECRET_ID is set; set exactly one of them"
        )
    renews = switched_on("RENEW_SECRET_ID", env)
    if renews and given != ["SECRET_ID_FILE"]:
        raise ExplainedError(
            "VAULT_RENEW_SECRET_ID is set, and there is no file to write a new secret id to; set VAULT_SECRET_ID_FILE "
            "in place of the secret id, or unset it"
        )
    return AppRole(
        role_id,
        secret_id=vault_variable("SECRET_ID", env),
        secret_id_file=vault_variable("SECRET_ID_FILE", env),
        wrapping_token=vault_variable("WRAPPED_SECRET_ID", env),
        renew_secret_id=renews,
        mount_path=mount_of(env.get("APPROLE_MOUNT")) or "approle",
    )
