"""Handles by type: what clients, pipelines and maps offer."""


class Factories:
    """Each method names a key (of a map: a field) and takes it as a value of that type; nothing is asked or created yet.

    ``options`` are those of execute(), for all calls of the handle.
    """

    __slots__ = ()

    def _make(self, kind, key, options):
        raise NotImplementedError

    def counter(self, key, **options):
        """A number that every datacenter may count on."""
        return self._make("Counter", key, options)

    def bounded_counter(self, key, **options):
        """A number that never falls below 0."""
        return self._make("BoundedCounter", key, options)

    def max(self, key, **options):
        """The greatest integer ever set."""
        return self._make("Max", key, options)

    def min(self, key, **options):
        """The least integer ever set."""
        return self._make("Min", key, options)

    def string(self, key, **options):
        """A string of Redis: of concurrent writes the last is read."""
        return self._make("String", key, options)

    def register(self, key, **options):
        """A value whose concurrent writes are all kept."""
        return self._make("Register", key, options)

    def flag(self, key, **options):
        """On or off; an enable wins."""
        return self._make("Flag", key, options)

    def disable_wins_flag(self, key, **options):
        """On or off; a disable wins."""
        return self._make("DisableWinsFlag", key, options)

    def set(self, key, **options):
        """A set of Redis: an add wins."""
        return self._make("Set", key, options)

    def remove_wins_set(self, key, **options):
        """A set in which a remove wins."""
        return self._make("RemoveWinsSet", key, options)

    def grow_set(self, key, **options):
        """A set that only grows."""
        return self._make("GrowSet", key, options)

    def hyperloglog(self, key, **options):
        """About how many different elements there were."""
        return self._make("HyperLogLog", key, options)

    def map(self, key, **options):
        """Fields of any type; a hash of Redis is one of strings."""
        return self._make("Map", key, options)

    def list(self, key, **options):
        """A list of Redis."""
        return self._make("List", key, options)

    def sorted_set(self, key, **options):
        """A sorted set of Redis."""
        return self._make("SortedSet", key, options)
