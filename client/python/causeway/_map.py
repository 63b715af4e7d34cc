"""Maps."""

from ._factories import Factories
from ._handle import Handle, name_of


def types_of(reply):
    return {field: name_of(kind) for field, kind in reply.items()}


class Map(Handle, Factories):
    """Fields, each with a value of its own: client.map("user:7").counter("logins").increment().

    The methods that are named for a type take a field as a value of that type, which does what such a handle of a key does; the
    others work on fields that hold strings, as hashes of Redis do, or on fields whatever they hold.
    """

    __slots__ = ()

    def _make(self, kind, key, options):
        return self._link._handle(kind, self._key, (*self._path, key), self._link._merged(self._options, options))

    def get(self, field):
        """The string in a field; None if there is none. Raises WrongType if it holds something else."""
        return self._call("hget", field)

    def get_many(self, *fields):
        """Those of several, None for those that hold no string."""
        return self._call("hmget", *fields)

    def put(self, field, value):
        """Sets a field to a string; whether the field is new."""
        return self._call("hset", field, value, reply=bool)

    def update(self, fields):
        """Sets several, given as a dict, in one step; how many are new."""
        return self._call("hset", *(word for pair in fields.items() for word in pair))

    def increment(self, field, by=1):
        """Adds to the integer in a field; the value after."""
        return self._call("hincrby", field, by)

    def values(self):
        """All fields, sorted, and their strings, as a dict; None for those that hold something else."""
        return self._call("hgetall")

    def fields(self):
        """All fields, sorted."""
        return self._call("hkeys")

    def types(self):
        """All fields and the type of what each holds."""
        if self._path:
            return self._link._run(("map.fields", self._key, *self._path), self._options, types_of)
        return self._call("map.fields", reply=types_of)

    def remove(self, *fields):
        """How many there were. Removes what is visible in them: a concurrent write survives."""
        return self._call("hdel", *fields)

    def contains(self, field):
        """Whether the field holds something, of any type."""
        return self._call("hexists", field, reply=bool)

    def size(self):
        """How many fields there are."""
        return self._call("hlen")
