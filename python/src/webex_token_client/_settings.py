"""Variables of the environment, and the files that they name."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from os import PathLike, fspath
from pathlib import Path

from ._safe_text import one_line
from .errors import ExplainedError

Environment = Mapping[str, str]


def vault_variable(name: str, env: Environment) -> str | None:
    """Return a variable in its Vault or OpenBao form. The OpenBao form has precedence, as in ``bao``."""
    return env.get(f"BAO_{name}") or env.get(f"VAULT_{name}") or None


def switched_on(name: str, env: Environment) -> bool:
    """Return a variable that is "true" or "false". Raises ExplainedError for another text."""
    value = vault_variable(name, env) or "false"
    if value not in ("true", "false"):
        raise ExplainedError(f'VAULT_{name} must be true or false, got "{one_line(value)}"; set it to one of them')
    return value == "true"


def mount_of(path: str | None) -> str:
    """Remove the slashes around a mount. Vault lists mounts with a slash at the end."""
    return (path or "").strip("/")


def read_setting(setting: str, file: str | PathLike[str]) -> str:
    """Read a file that a setting names. Raises ExplainedError with the name of the setting."""
    try:
        return Path(file).read_bytes().decode("utf-8", "replace")
    except (OSError, ValueError) as error:
        code = error_code(error)
    raise ExplainedError(
        f"{setting} names {fspath(file)}, which cannot be read ({code}); check the path and its permissions"
    )


def error_code(error: Exception) -> str:
    """Return the code of a system error, such as ``ENOENT``."""
    number = error.errno if isinstance(error, OSError) else None
    return errno.errorcode.get(number or 0, "unknown error")
