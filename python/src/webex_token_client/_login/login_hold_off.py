"""Pauses after refused logins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from .._period import Period
from .._secret import Secret
from ..errors import NotPermitted

T = TypeVar("T")

WITH_LOCKOUT = (15.0, 60.0, 240.0, 960.0)
"""After five refusals, each within 15 minutes of the one before, Vault locks an AppRole out for all its users. With
these pauses, the fifth refusal comes later. See https://openbao.org/docs/concepts/user-lockout/"""

WITHOUT_LOCKOUT = (15.0, 60.0)
"""Short pauses, for methods without a lockout. The refusal may come from a cluster that Vault could not reach."""


@dataclass(frozen=True)
class _Refusal:
    proof: Secret
    error: NotPermitted
    times: int
    pause: Period


class LoginHoldOff:
    """Keeps a program from repeating a login that Vault refuses."""

    def __init__(self, now: Callable[[], float], pauses: Sequence[float] = WITH_LOCKOUT) -> None:
        """Take the clock, and the pauses after the first refusal, the second and so on. The last pause repeats."""
        self._now = now
        self._pauses = pauses
        self._last: _Refusal | None = None

    def attempt(
        self, proof: Secret, log_in: Callable[[], T], counts: Callable[[NotPermitted], bool] = lambda _error: True
    ) -> T:
        """Log in with a proof, such as a secret id. Another proof has no pause.

        Raises the error of the login, or the last refusal during a pause. ``counts`` says whether a refusal starts one.
        """
        last = self._last if self._last is not None and self._last.proof == proof else None
        if last is not None and last.pause.includes(self._now()):
            raise last.error.again()
        try:
            lease = log_in()
        except NotPermitted as error:
            if counts(error):
                times = 1 if last is None else last.times + 1
                now = self._now()
                end = now + self._pauses[min(times, len(self._pauses)) - 1]
                self._last = _Refusal(proof, error, times, Period(now, end))
            raise
        self._last = None
        return lease
