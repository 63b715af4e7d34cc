"""Names for calls, so that a repetition is known as one."""

from __future__ import annotations

import secrets
import time
from typing import NamedTuple


class RequestId(NamedTuple):
    """Names one call. Repeated with the same id, through any client, node or datacenter, it counts once until it expires.

    The client gives ids by itself to calls whose repetition would count, and uses them when it retries. Make one yourself
    where you retry yourself, after an ``ambiguous`` error or in another process.
    """

    high: int
    low: int
    #: Milliseconds since 1970; later retries are refused.
    expires_ms: int

    @classmethod
    def new(cls, lifetime: float = 3600.0) -> RequestId:
        """A random id that is good for so many seconds."""
        return cls(secrets.randbits(64), secrets.randbits(64), int((time.time() + lifetime) * 1000))
