"""A span of time."""

from __future__ import annotations

from typing import NamedTuple


class Period(NamedTuple):
    """A span of time in seconds. A moment before its beginning is outside, because the clock may be set back."""

    begin: float
    end: float

    def includes(self, now: float) -> bool:
        """Return whether this moment is inside."""
        return self.begin <= now < self.end
