"""Causeway for asyncio: the same client and handles, whose methods are coroutines.

    import asyncio
    from causeway import aio

    async def main():
        async with await aio.connect("127.4.1.1:7400") as client:
            await client.counter("views").increment(3)
            async for member in client.set("cart"):
                print(member)

    asyncio.run(main())

No thread waits for a call: the client's own thread hands answers to the event loop. Cancelling a call ends the wait for it; a
write may have happened, or may yet.
"""

import asyncio
import sys
import types

from . import _list, _map, _sets, _sorted_set, _values
from ._core import Completions
from ._errors import Unavailable
from ._handle import Handle, type_of
from ._link import Asked, Link, core_of, core_options
from ._pipeline import BasePipeline

__all__ = [
    "BoundedCounter", "Client", "Counter", "DisableWinsFlag", "Flag", "GrowSet", "HyperLogLog", "List", "Map", "Max",
    "Min", "Pipeline", "Register", "RemoveWinsSet", "Set", "SortedSet", "String", "connect",
]

_PAGE = 1000


async def connect(*endpoints, **options):
    """As causeway.connect(). The client is for the event loop that runs now."""
    loop = asyncio.get_running_loop()
    return Client(await loop.run_in_executor(None, lambda: core_of(endpoints, **options)), loop)


class Client(Link):
    """A connection to a cluster, of one event loop; connect() makes one."""

    __slots__ = ("_core", "_loop", "_completions", "_closed")
    __class_getitem__ = classmethod(types.GenericAlias)

    def __init__(self, core, loop):
        self._core = core
        self._loop = loop
        self._completions = Completions(core)
        self._closed = False
        loop.add_reader(self._completions.fileno(), self._completions.drain)

    def _future(self):
        if asyncio.get_running_loop() is not self._loop:
            raise RuntimeError("this client is of another event loop: connect in this one")
        if self._closed:
            raise Unavailable("retryable", "the client is closed")
        return self._loop.create_future()

    async def execute(self, *words, **options):
        """As causeway.Client.execute()."""
        return await self._run(words, Asked(options) if options else None, None)

    async def _run(self, words, asked, reply):
        future = self._future()
        self._completions.submit(words, core_options(asked), future)
        value = await future
        return value if reply is None else reply(value)

    def pipeline(self, **options):
        """Many independent commands at once; options as of execute(), for all of them."""
        return Pipeline(self, core_options(self._merged(None, options)))

    async def delete(self, *keys, **options):
        """How many of the keys there were. Deletes what is visible: a concurrent write survives."""
        return await self.execute("del", *keys, **options) if keys else 0

    async def exists(self, *keys, **options):
        """How many of the keys there are."""
        return await self.execute("exists", *keys, **options) if keys else 0

    async def type(self, key, **options):
        """"string", "counter", "set" and so on; None if there is nothing."""
        return type_of(await self.execute("type", key, **options))

    @property
    def datacenter(self):
        """The one that calls go to."""
        return self._core.datacenter()

    async def close(self):
        """Ends the calls that have no answer yet, and those that come later, with Unavailable."""
        self._closed = True
        self._core.close()
        self._completions.drain()
        self._loop.remove_reader(self._completions.fileno())

    async def __aenter__(self):
        return self

    async def __aexit__(self, kind, value, traceback):
        await self.close()


class Pipeline(BasePipeline):
    """As causeway.Pipeline; run() is a coroutine."""

    __slots__ = ()

    async def run(self, *, raise_errors=True):
        """As causeway.Pipeline.run()."""
        commands, replies = self._take()
        future = self._client._future()
        self._client._completions.run(commands, self._options, future)
        return self._finish(await future, replies, raise_errors)


class _Async(Handle):
    __slots__ = ()

    def using(self, **options):
        """The same handle with other options (those of execute())."""
        return type(self)(self._link, self._key, self._path, self._link._merged(self._options, options))


class Counter(_values.Counter, _Async):
    __slots__ = ()


class BoundedCounter(_values.BoundedCounter, _Async):
    __slots__ = ()


class Max(_values.Max, _Async):
    __slots__ = ()


class Min(_values.Min, _Async):
    __slots__ = ()


class String(_values.String, _Async):
    __slots__ = ()


class Register(_values.Register, _Async):
    __slots__ = ()


class Flag(_values.Flag, _Async):
    __slots__ = ()


class DisableWinsFlag(_values.DisableWinsFlag, _Async):
    __slots__ = ()


class GrowSet(_sets.GrowSet, _Async):
    __slots__ = ()

    async def __aiter__(self):
        for member in await self.members():
            yield member


class RemoveWinsSet(_sets.RemoveWinsSet, _Async):
    __slots__ = ()

    async def __aiter__(self):
        for member in await self.members():
            yield member


class Set(_sets.Set, _Async):
    __slots__ = ()

    async def __aiter__(self):
        cursor = 0
        while True:
            cursor, members = await self.scan(cursor, _PAGE)
            for member in members:
                yield member
            if cursor == 0:
                return


class HyperLogLog(_sets.HyperLogLog, _Async):
    __slots__ = ()


class Map(_map.Map, _Async):
    __slots__ = ()

    async def __aiter__(self):
        for field in await self.fields():
            yield field


class List(_list.List, _Async):
    __slots__ = ()

    async def __aiter__(self):
        start = 0
        while page := await self.slice(start, start + _PAGE):
            for item in page:
                yield item
            start += len(page)


class SortedSet(_sorted_set.SortedSet, _Async):
    __slots__ = ()

    async def __aiter__(self):
        start = 0
        while page := await self.slice(start, start + _PAGE):
            for member, _ in page:
                yield member
            start += len(page)


Client._handles = sys.modules[__name__]
