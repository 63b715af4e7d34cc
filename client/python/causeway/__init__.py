"""Causeway from Python: a key-value store for several regions at once.

    import causeway

    with causeway.connect("127.4.1.1:7400") as client:
        client.counter("views").increment(3)
        client.set("cart").add("apple", "pear")
        client.execute("zadd", "board", 10, "eva")

causeway.aio has the same for asyncio.
"""

from ._client import Client, connect
from ._errors import (Error, Internal, Invalid, NotFound, NotYet, Overloaded, PermissionDenied, StorageFull, Timeout,
                      TooLarge, Unauthenticated, Unavailable, WrongType)
from ._link import Level, Word
from ._pipeline import Pipeline
from ._request_id import RequestId
from ._waiting import (BoundedCounter, Counter, DisableWinsFlag, Flag, GrowSet, HyperLogLog, List, Map, Max, Min,
                       Register, RemoveWinsSet, Set, SortedSet, String)

__all__ = [
    "BoundedCounter", "Client", "Counter", "DisableWinsFlag", "Error", "Flag", "GrowSet", "HyperLogLog", "Internal",
    "Invalid", "Level", "List", "Map", "Max", "Min", "NotFound", "NotYet", "Overloaded", "PermissionDenied",
    "Pipeline", "Register", "RemoveWinsSet", "RequestId", "Set", "SortedSet", "StorageFull", "String", "Timeout",
    "TooLarge", "Unauthenticated", "Unavailable", "Word", "WrongType", "connect",
]
