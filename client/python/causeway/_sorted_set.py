"""Sorted sets."""

from ._handle import Handle
from ._list import bounds_of

_INFINITY = float("inf")


def pair_of(reply):
    """The only pair, None if there is none."""
    if not reply:
        return None
    return reply[0] if isinstance(reply[0], tuple) else (reply[0], reply[1])


class SortedSet(Handle):
    """Members, each with a score, in the order of the scores.

    Of concurrent settings of a score the last wins; concurrent increments all count, on top of what was set.
    """

    __slots__ = ()

    def add(self, scores):
        """Sets the scores of members, given as a dict; how many are new."""
        return self._call("zadd", *(word for member, score in scores.items() for word in (score, member)))

    def put(self, member, score):
        """Sets the score of one member; whether it is new."""
        return self._call("zadd", score, member, reply=bool)

    def increment(self, member, by=1):
        """Adds to a score; the score after. An absent member has 0."""
        return self._call("zincrby", by, member)

    def score(self, member):
        """None if it is not there."""
        return self._call("zscore", member)

    def scores(self, *members):
        """The same of several."""
        return self._call("zmscore", *members)

    def contains(self, member):
        return self._call("zscore", member, reply=lambda score: score is not None)

    def remove(self, *members):
        """How many were there."""
        return self._call("zrem", *members)

    def rank(self, member, *, reverse=False):
        """From 0; None if it is not there."""
        return self._call("zrevrank" if reverse else "zrank", member)

    def slice(self, start=0, stop=None, *, reverse=False):
        """The (member, score) pairs from one rank to another, as list[start:stop]."""
        order = ("rev",) if reverse else ()
        return self._call("zrange", *bounds_of(start, stop), *order, "withscores")

    def between(self, low=-_INFINITY, high=_INFINITY, *, limit=-1, offset=0):
        """The (member, score) pairs with scores from low to high. "(5" leaves 5 itself out."""
        return self._call("zrange", low, high, "byscore", "limit", offset, limit, "withscores")

    def count(self, low=-_INFINITY, high=_INFINITY):
        """How many members have scores from low to high."""
        return self._call("zcount", low, high)

    def pop_min(self):
        """Removes the member with the lowest score; (member, score), None if there is none. Regions that do not hear each
        other may pop the same."""
        return self._call("zpopmin", reply=pair_of)

    def pop_max(self):
        """The same with the highest score."""
        return self._call("zpopmax", reply=pair_of)


    def size(self):
        return self._call("zcard")
