"""The client that waits."""

import types

from . import _waiting
from ._handle import type_of
from ._link import Asked, Link, core_of, core_options
from ._pipeline import Pipeline


def connect(*endpoints, **options):
    """Connects to a cluster, and returns a Client; use it as a context manager, or close() it.

    endpoints        "HOST:PORT" or "HOST" (port 7400) of any nodes, which are asked for the topology
    topology         instead of endpoints: the text of a topology file, or a pathlib.Path to one
    datacenter       where calls go; by default that of the endpoint that answers first
    failover         whether another datacenter may take a call when no replica there does
    level            "LOCAL_QUORUM" (the default), "ONE", "ALL", 2 …; read_level and write_level: of one kind
    timeout          seconds from a call to its answer, all tries together (5)
    try_timeout      seconds that a node may be silent before the next is tried (0.5)
    connect_timeout  seconds that connecting may take (5)
    automatic_request_ids  whether calls whose repetition would count get a request id, so that a retry counts once (True)
    outstanding_max  calls without an answer yet; beyond it calls raise Overloaded (65536)
    text             whether replies are str; else they are bytes (the default), as redis-py has it
    encoding, errors of str in both directions ("utf-8", "strict")

    Raises Invalid for what is wrong with the options, Unavailable if no node answers.
    """
    return Client(core_of(endpoints, **options))


class Client(Link):
    """A connection to a cluster; connect() makes one. Any thread may use it, as many as there are: the GIL is released while one
    waits. It does not survive fork()."""

    __slots__ = ("_core",)
    __class_getitem__ = classmethod(types.GenericAlias)
    _handles = _waiting

    def __init__(self, core):
        self._core = core

    def execute(self, *words, **options):
        """Executes one command, its name first, and returns what it answers: execute("zadd", "board", 10, "eva").

        Words are bytes, str, int, float, or anything with a buffer. Answers are None, int, float, bytes (str with
        text=True), or a list, set or dict of them; what the store itself says ("OK", …) is str.

        level, read_level, write_level  consistency, as of connect()
        timeout     seconds from the call to its answer
        request_id  names this call: repeated with the same id, anywhere, it counts once
        datacenter  where it goes

        Raises a subclass of causeway.Error.
        """
        return self._core.execute(words, core_options(Asked(options) if options else None))

    def _run(self, words, asked, reply):
        value = self._core.execute(words, core_options(asked))
        return value if reply is None else reply(value)

    def pipeline(self, **options):
        """Many independent commands at once; options as of execute(), for all of them."""
        return Pipeline(self._core, core_options(self._merged(None, options)))

    def delete(self, *keys, **options):
        """How many of the keys there were. Deletes what is visible: a concurrent write survives."""
        return self.execute("del", *keys, **options) if keys else 0

    def exists(self, *keys, **options):
        """How many of the keys there are."""
        return self.execute("exists", *keys, **options) if keys else 0

    def type(self, key, **options):
        """"string", "counter", "set" and so on; None if there is nothing."""
        return type_of(self.execute("type", key, **options))

    def __contains__(self, key):
        return self.exists(key) == 1

    def __getitem__(self, key):
        """The string at a key. Raises KeyError if there is none."""
        value = self.execute("get", key)
        if value is None:
            raise KeyError(key)
        return value

    def __setitem__(self, key, value):
        self.execute("set", key, value)

    def __delitem__(self, key):
        if self.delete(key) == 0:
            raise KeyError(key)

    @property
    def datacenter(self):
        """The one that calls go to."""
        return self._core.datacenter()

    def status(self, node="", *, timeout=2.0):
        """How a node is (any, without a name), as a dict. Raises Invalid (no such node), Unavailable, Timeout."""
        return self._core.status(node, timeout)

    def close(self):
        """Ends the calls that have no answer yet, and those that come later, with Unavailable."""
        self._core.close()

    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        self.close()
