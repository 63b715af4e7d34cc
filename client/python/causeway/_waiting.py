"""Handles of a client that waits: what each type does, and what Python's operators say of it."""

from . import _list, _map, _sets, _sorted_set, _values
from ._handle import Handle

_PAGE = 1000


class Waiting(Handle):
    __slots__ = ()

    def using(self, **options):
        """The same handle with other options (those of execute())."""
        return type(self)(self._link, self._key, self._path, self._link._merged(self._options, options))


class _Number(Waiting):
    __slots__ = ()

    def __int__(self):
        return self.value() or 0


class _Sized(Waiting):
    __slots__ = ()

    def __len__(self):
        return self.size()

    def __bool__(self):
        return self.size() > 0

    def __contains__(self, item):
        return self.contains(item)


class Counter(_values.Counter, _Number):
    __slots__ = ()

    def __iadd__(self, by):
        self.increment(by)
        return self

    def __isub__(self, by):
        self.decrement(by)
        return self


class BoundedCounter(_values.BoundedCounter, _Number):
    __slots__ = ()

    def __iadd__(self, amount):
        self.add(amount)
        return self

    def __isub__(self, amount):
        self.subtract(amount)
        return self


class Max(_values.Max, Waiting):
    __slots__ = ()


class Min(_values.Min, Waiting):
    __slots__ = ()


class String(_values.String, Waiting):
    __slots__ = ()

    def __len__(self):
        return self.size()


class Register(_values.Register, Waiting):
    __slots__ = ()


class Flag(_values.Flag, Waiting):
    __slots__ = ()

    def __bool__(self):
        return self.value()


class DisableWinsFlag(_values.DisableWinsFlag, Flag):
    __slots__ = ()


class GrowSet(_sets.GrowSet, _Sized):
    __slots__ = ()

    def __iter__(self):
        return iter(self.members())


class RemoveWinsSet(_sets.RemoveWinsSet, _Sized):
    __slots__ = ()

    def __iter__(self):
        return iter(self.members())


class Set(_sets.Set, _Sized):
    __slots__ = ()

    def __iter__(self):
        """Page by page; what is in the set all the time comes exactly once."""
        cursor = 0
        while True:
            cursor, members = self.scan(cursor, _PAGE)
            yield from members
            if cursor == 0:
                return


class HyperLogLog(_sets.HyperLogLog, Waiting):
    __slots__ = ()

    def __int__(self):
        return self.count()


class Map(_map.Map, _Sized):
    __slots__ = ()

    def __iter__(self):
        return iter(self.fields())

    def __getitem__(self, field):
        value = self.get(field)
        if value is None:
            raise KeyError(field)
        return value

    def __setitem__(self, field, value):
        self.put(field, value)

    def __delitem__(self, field):
        if self.remove(field) == 0:
            raise KeyError(field)


class List(_list.List, _Sized):
    __slots__ = ()

    def __iter__(self):
        """Page by page, by index: items that are pushed in front meanwhile move the others."""
        start = 0
        while page := self.slice(start, start + _PAGE):
            yield from page
            start += len(page)

    def __getitem__(self, index):
        if isinstance(index, slice):
            if index.step not in (None, 1):
                raise ValueError("a list has no slices with steps")
            return self.slice(index.start or 0, index.stop)
        item = self.get(index)
        if item is None:
            raise IndexError(index)
        return item

    def __setitem__(self, index, value):
        self.put(index, value)

    def __delitem__(self, index):
        if self.remove_at(index) == 0:
            raise IndexError(index)


class SortedSet(_sorted_set.SortedSet, _Sized):
    __slots__ = ()

    def __iter__(self):
        """Members by score, page by page and rank: those that change their rank meanwhile may be missed, or come twice."""
        start = 0
        while page := self.slice(start, start + _PAGE):
            yield from (member for member, _ in page)
            start += len(page)

    def __getitem__(self, member):
        score = self.score(member)
        if score is None:
            raise KeyError(member)
        return score

    def __setitem__(self, member, score):
        self.put(member, score)

    def __delitem__(self, member):
        if self.remove(member) == 0:
            raise KeyError(member)
