"""Lists."""

from ._handle import Handle, nothing


def bounds_of(start, stop):
    """Python's start and stop as those of Redis, where the last is included."""
    if stop is None:
        return (start or 0, -1)
    return (start or 0, stop - 1) if stop != 0 else (1, 0)


class List(Handle):
    """Items in an order. Runs of items that are pushed concurrently never mix.

    Indexes count from the end below 0, and go by what the node sees that executes the call.
    """

    __slots__ = ()

    def append(self, *values):
        """Puts values behind all, in their order; how many items there are."""
        return self._call("rpush", *values)

    def prepend(self, *values):
        """Puts values in front of all, in their order; how many items there are."""
        return self._call("lpush", *reversed(values))

    def insert(self, index, *values):
        """Puts values in front of the item at an index, or (-1) behind all; how many items there are."""
        return self._call("list.insert", index, *values)

    def pop(self):
        """Takes the last item; None if there is none. Two regions may both take it at once."""
        return self._call("rpop")

    def popleft(self):
        """The same with the first."""
        return self._call("lpop")

    def get(self, index):
        """None if there is none."""
        return self._call("lindex", index)

    def put(self, index, value):
        """Replaces an item. Raises NotFound or Invalid if there is none."""
        return self._call("lset", index, value, reply=nothing)

    def slice(self, start=0, stop=None):
        """The items from one index to another, as list[start:stop]."""
        return self._call("lrange", *bounds_of(start, stop))

    def trim(self, start=0, stop=None):
        """Removes all but the items of list[start:stop]."""
        return self._call("ltrim", *bounds_of(start, stop), reply=nothing)

    def index(self, value):
        """That of the first item equal to a value; None if there is none. Reads up to there."""
        return self._call("lpos", value)

    def contains(self, value):
        """Whether an item is equal to a value. Reads up to there."""
        return self._call("lpos", value, reply=lambda index: index is not None)

    def remove(self, value, count=0):
        """Removes so many items equal to a value, from the end below 0, all with 0; how many."""
        return self._call("lrem", count, value)

    def remove_at(self, index, count=1):
        """Removes items from an index on; how many."""
        return self._call("list.remove", index, count)

    def size(self):
        return self._call("llen")
