"""The identity of the app, from the environment."""

from __future__ import annotations

from .._safe_text import one_line
from .._settings import Environment, mount_of, switched_on, vault_variable
from ..errors import ExplainedError
from ..identity import AppRole, Identity

_METHODS = ("approle", "jwt", "kubernetes", "cert")


def identity_from_environment(env: Environment) -> Identity | None:
    """Return ``None`` if the environment names no identity. Raises ExplainedError if it is incomplete or ambiguous."""
    asked = vault_variable("AUTH_METHOD", env)
    if (asked or "approle") not in _METHODS:
        known = ", ".join(f'"{each}"' for each in _METHODS)
        raise ExplainedError(
            f'VAULT_AUTH_METHOD must be one of {known}, got "{one_line(asked or "")}"; '
            "set it to the one that the app is declared with"
        )
    app_role = app_role_from_environment(env)
    if app_role is None and asked is not None:
        raise ExplainedError(
            "VAULT_AUTH_METHOD is approle, and VAULT_ROLE_ID is not set; set it and VAULT_SECRET_ID_FILE, or unset "
            "VAULT_AUTH_METHOD"
        )
    return app_role


def app_role_from_environment(env: Environment) -> AppRole | None:
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
