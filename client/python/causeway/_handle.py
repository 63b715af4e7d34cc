"""What all handles share.

A handle says commands of one key, or of a field of a map, through a *link*: a client that waits, a client of asyncio, or a
pipeline. The link decides what a method returns: the answer, a coroutine of it, or nothing yet. So each type is written
down once; what only makes sense of one link (``in``, ``len``, ``async for``) is added in _waiting.py and aio.py.
"""

import datetime
import types


def nothing(_reply):
    """A reply without news: done."""
    return None


def name_of(reply):
    """A word of the store, as the type of a value, which is str whatever the client's text option."""
    return reply.decode() if isinstance(reply, bytes) else reply


def type_of(reply):
    """None if there is nothing."""
    name = name_of(reply)
    return None if name == "none" else name


def seconds_of(time):
    return time.total_seconds() if isinstance(time, datetime.timedelta) else float(time)


def milliseconds_of(time):
    return max(0, round(seconds_of(time) * 1000))


class Handle:
    """A key, or a field of a map at any depth."""

    __slots__ = ("_link", "_key", "_path", "_options")
    __class_getitem__ = classmethod(types.GenericAlias)

    def __init__(self, link, key, path=(), options=None):
        self._link = link
        self._key = key
        self._path = path
        self._options = options

    @property
    def key(self):
        """The key that it is of."""
        return self._key

    @property
    def path(self):
        """The fields that lead to what it is of, the outermost first; none: it is of the key."""
        return self._path

    def __repr__(self):
        return f"<causeway {type(self).__name__} {'/'.join(map(repr, (self._key, *self._path)))}>"

    def _words(self, command, arguments):
        if not self._path:
            return (command, self._key, *arguments)
        outer = [word for field in self._path for word in ("map.in", field)]
        return (outer[0], self._key, *outer[1:], command, *arguments)

    def _call(self, command, *arguments, reply=None):
        return self._link._run(self._words(command, arguments), self._options, reply)

    def _of_path(self, command, of_key, reply):
        """A command whose form for fields takes a path."""
        if self._path:
            return self._link._run((command, self._key, *self._path), self._options, reply)
        return self._link._run((of_key, self._key), self._options, reply)

    def delete(self):
        """Deletes what is visible, and tells whether there was something. A concurrent write survives."""
        return self._of_path("map.del", "del", bool)

    def exists(self):
        """Whether there is something, of any type."""
        return self._of_path("map.type", "type", lambda name: type_of(name) is not None)

    def type(self):
        """"string", "counter", "set" and so on; None if there is nothing."""
        return self._of_path("map.type", "type", type_of)

    def expire(self, after):
        """Lets the key expire after so many seconds (or a timedelta); tells whether there is one. Of concurrent expiries the
        longest counts."""
        return self._call("pexpire", milliseconds_of(after), reply=bool)

    def expire_at(self, time):
        """The same at a time: a datetime, or seconds since 1970."""
        seconds = time.timestamp() if isinstance(time, datetime.datetime) else float(time)
        return self._call("pexpireat", round(seconds * 1000), reply=bool)

    def persist(self):
        """Takes the expiry away; tells whether there was one."""
        return self._call("persist", reply=bool)

    def ttl(self):
        """Seconds until the key expires; None if it does not. Raises KeyError if there is none."""

        def seconds(reply):
            if reply == -2:
                raise KeyError(self._key)
            return None if reply == -1 else reply / 1000

        return self._call("pttl", reply=seconds)
