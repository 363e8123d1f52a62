"""A command of the samples. It prints one line for each error, and returns an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import requests

from webex_token_client import (
    ExplainedError,
    NotAuthorizedYet,
    NotPermitted,
    ReauthorizationRequired,
    TemporarilyUnavailable,
    VaultSealed,
    VaultUnreachableError,
)

WEBEX_API_URL = os.environ.get("WEBEX_API_URL", "https://webexapis.com/v1").rstrip("/")
"""The Webex API. The variable replaces it, for example by a simulated one."""

EXIT_CODES: dict[int, tuple[type[Exception], ...]] = {
    3: (NotAuthorizedYet, ReauthorizationRequired),
    4: (TemporarilyUnavailable, VaultSealed, VaultUnreachableError, requests.ConnectionError, requests.Timeout),
    5: (NotPermitted,),
}
"""Exit codes by the action of the caller. ``webex-token`` has the same ones."""


def run_command(action: Callable[[], None]) -> int:
    """Run a command. Return the exit code of the process."""
    try:
        action()
    except (ExplainedError, requests.RequestException) as error:
        note(f"error: {error}")
        return next((code for code, classes in EXIT_CODES.items() if isinstance(error, classes)), 1)
    except KeyboardInterrupt:
        note("interrupted")
        return 130
    return 0


def note(line: str) -> None:
    """Print a line for the person at the terminal. Standard output is for the result."""
    print(line, file=sys.stderr)
