"""Retries of a failure. The waits are exponential with full jitter, so callers that failed together retry apart."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TypeVar

from ..errors import TemporarilyUnavailable

T = TypeVar("T")

_LONGEST_SECONDS = (2**31 - 1) / 1000
"""The longest delay of a timer of Node, for the same result in both packages."""


@dataclass(frozen=True)
class RetryOptions:
    """How often and how patiently a transient failure is retried."""

    attempts: int = 4
    """Number of attempts, including the first."""
    base_delay_seconds: float = 0.25
    """Longest first wait. It doubles with each attempt."""
    max_delay_seconds: float = 8.0
    """Longest wait, unless the server asks for more."""
    max_retry_after_seconds: float = 60.0
    """Longest wait that a server may ask for. If it asks for more, its error is raised at once."""
    random: Callable[[], float] = random.random
    """Random number, at least 0 and below 1."""

    def jitter(self, tried: int) -> float:
        """Return the wait after so many attempts, in whole milliseconds."""
        longest = min(self.max_delay_seconds, self.base_delay_seconds * 2 ** (tried - 1))
        return int(self.random() * longest * 1000) / 1000


@dataclass(frozen=True)
class Transient:
    """A failure that may pass. ``retry_after`` is the wait that the server asks for, in seconds."""

    retry_after: float = 0.0


def transient(error: BaseException) -> Transient | None:
    """Return ``None`` if the failure does not pass by itself."""
    if isinstance(error, TemporarilyUnavailable) or getattr(error, "is_transient", False) is True:
        return Transient(getattr(error, "retry_after", None) or 0.0)
    return None


def retry(attempt: Callable[[], T], options: RetryOptions, wait: Callable[[float], None]) -> T:
    """Run ``attempt`` until it succeeds, fails with an error that is not transient, or has used its attempts."""
    tried = 1
    while True:
        try:
            return attempt()
        except Exception as error:
            failure = transient(error)
            if failure is None or tried >= options.attempts or failure.retry_after > options.max_retry_after_seconds:
                raise
            pause = failure.retry_after + options.jitter(tried)
        wait(pause)
        tried += 1


def retry_after_seconds(header: str | None, now: float) -> float | None:
    """Return the seconds that a ``Retry-After`` header asks to wait, which has seconds or a date (RFC 9110, 10.2.3)."""
    value = (header or "").strip()
    if re.fullmatch(r"\d+", value, re.ASCII):
        return min(_LONGEST_SECONDS, float(value))
    if not value.endswith(" GMT"):
        return None
    try:
        moment = parsedate_to_datetime(value).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(_LONGEST_SECONDS, max(0.0, moment - now))
