"""Sets of all kinds, and the sketch that only counts."""

from ._handle import Handle, nothing


class GrowSet(Handle):
    """A set whose members stay; only delete() removes them."""

    __slots__ = ()
    _kind = "gset."
    _has, _count = "gset.ismember", "gset.card"

    def add(self, *members):
        """How many were new."""
        return self._call(self._kind + "add", *members)

    def members(self):
        """All of them, as a set."""
        return self._call(self._kind + "members")

    def contains(self, member):
        return self._call(self._has, member, reply=bool)

    def size(self):
        return self._call(self._count)


class RemoveWinsSet(GrowSet):
    """A set in which a remove wins over a concurrent add."""

    __slots__ = ()
    _kind = "rwset."
    _has, _count = "rwset.ismember", "rwset.card"

    def remove(self, *members):
        """How many were there. The others are removed as well, where they are added meanwhile."""
        return self._call(self._kind + "rem", *members)


class Set(RemoveWinsSet):
    """A set in which an add wins over a concurrent remove, as Redis has them."""

    __slots__ = ()
    _kind = "s"
    _has, _count = "sismember", "scard"

    def remove(self, *members):
        """How many were there."""
        return self._call("srem", *members)

    def pop(self):
        """Removes a member at random and returns it; None if there is none. Two regions may pop the same at once."""
        return self._call("spop")

    def sample(self, count):
        """Up to so many different members at random."""
        return self._call("srandmember", count, reply=list)

    def scan(self, cursor=0, count=100):
        """Some members, and the cursor for the next call; 0 at the end."""
        return self._call("sscan", cursor, "count", count, reply=lambda reply: (int(reply[0]), reply[1]))


class HyperLogLog(Handle):
    """About how many different elements were added, within some 0.8 %."""

    __slots__ = ()

    def add(self, *elements):
        """Whether the count may have changed."""
        return self._call("pfadd", *elements, reply=bool)

    def count(self):
        """About how many; exact for a few."""
        return self._call("pfcount")

    def merge(self, *keys):
        """Adds what was added to other keys of the same partition (with the same {tag})."""
        return self._call("pfmerge", *keys, reply=nothing)
