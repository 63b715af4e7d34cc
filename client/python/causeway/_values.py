"""Values that are read whole: numbers, strings, registers, flags."""

from ._handle import Handle, milliseconds_of, nothing


class Counter(Handle):
    """A number that every datacenter may count on at once; no increment is lost, none counts twice."""

    __slots__ = ()

    def increment(self, by=1):
        """The value after, as the replica that took it sees it."""
        return self._call("counter.add", by)

    def decrement(self, by=1):
        """The value after."""
        return self._call("counter.add", -by)

    def value(self):
        """0 if there is none."""
        return self._call("counter.get")

    def reset(self):
        """Takes back every increment that is visible; concurrent ones still count."""
        return self._call("counter.reset", reply=nothing)


class BoundedCounter(Handle):
    """A number that never falls below 0, in any partition. Who adds gains the right to subtract as much."""

    __slots__ = ()

    def add(self, amount=1):
        """The value after."""
        return self._call("bounded.add", amount)

    def subtract(self, amount=1):
        """The value after. Raises Unavailable where the rights do not suffice: others are asked for some, try again soon."""
        return self._call("bounded.sub", amount)

    def value(self):
        """0 if there is none."""
        return self._call("bounded.get")

    def rights(self):
        """Which actors may subtract how much."""
        return self._call("bounded.rights")


class Max(Handle):
    """The greatest integer that was ever set, in any datacenter."""

    __slots__ = ()
    _get, _set = "max.get", "max.set"

    def set(self, number):
        """Sets it if it goes beyond; the value after."""
        return self._call(self._set, number)

    def value(self):
        """None if none was set."""
        return self._call(self._get)


class Min(Max):
    """The least integer that was ever set, in any datacenter."""

    __slots__ = ()
    _get, _set = "min.get", "min.set"


class String(Handle):
    """A value that is read whole; of concurrent writes the last by clock is read. An integer may be incremented."""

    __slots__ = ()

    def get(self):
        """None if there is none."""
        return self._call("get")

    def set(self, value, *, expire=None):
        """Replaces what the key held, of any type; it expires after so many seconds (or a timedelta), or never."""
        options = () if expire is None else ("px", milliseconds_of(expire))
        return self._call("set", value, *options, reply=nothing)

    def increment(self, by=1):
        """The value after. Raises WrongType if the string is no integer."""
        return self._call("incrby", by)

    def append(self, value):
        """How long it is then, in bytes. Of concurrent ones the last wins."""
        return self._call("append", value)

    def size(self):
        """Its length in bytes."""
        return self._call("strlen")

    def siblings(self):
        """All concurrent values, the one that get() gives first."""
        return self._call("siblings")


class Register(Handle):
    """A value of which no concurrent write is silently lost: siblings() has them all until the next put()."""

    __slots__ = ()

    def get(self):
        """Of the siblings the last by clock; None if there is none."""
        return self._call("reg.get")

    def put(self, value):
        """Replaces every sibling that is visible."""
        return self._call("reg.set", value, reply=nothing)

    def siblings(self):
        """All concurrent values, the one that get() gives first."""
        return self._call("siblings")


class Flag(Handle):
    """On or off; of concurrent changes an enable wins. Off if it was never changed."""

    __slots__ = ()
    _kind = "flag"

    def enable(self):
        return self._call(f"{self._kind}.enable", reply=nothing)

    def disable(self):
        return self._call(f"{self._kind}.disable", reply=nothing)

    def value(self):
        return self._call(f"{self._kind}.get", reply=bool)


class DisableWinsFlag(Flag):
    """On or off; of concurrent changes a disable wins. Off if it was never changed."""

    __slots__ = ()
    _kind = "dwflag"
