"""The command lines in messages, which a person can paste."""

from __future__ import annotations

import re


def command_line(*words: str) -> str:
    """Return a command of webex-token-vault."""
    return " ".join(["webex-token-vault", *(_shell_word(word) for word in words)])


def _shell_word(text: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9_./:@+-]+", text):
        return text
    quoted = text.replace("'", "'\\''")
    return f"'{quoted}'"
