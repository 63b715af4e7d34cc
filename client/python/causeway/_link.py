"""What clients of both kinds share: the connection, and options."""

import os
from typing import Any

from ._core import Options, connect
from ._factories import Factories

#: What commands are made of, and levels: for type hints.
Word = bytes | bytearray | memoryview | str | int | float
Level = str | int

#: Of calls without options of their own.
DEFAULT = Options()


def core_of(endpoints, *, topology=None, datacenter="", failover=False, level=None, read_level=None, write_level=None,
            timeout=5.0, try_timeout=0.5, connect_timeout=5.0, automatic_request_ids=True, outstanding_max=65536,
            text=False, encoding="utf-8", errors="strict"):
    """Connects. The options are explained at causeway.connect()."""
    if isinstance(topology, os.PathLike):
        with open(topology, "rb") as file:
            topology = file.read()
    calls = Options(level=level, read_level=read_level, write_level=write_level, timeout=timeout, datacenter=datacenter)
    return connect(list(endpoints), topology, calls, failover, try_timeout, connect_timeout, automatic_request_ids,
                   outstanding_max, text, encoding, errors)


class Asked:
    """Options, and the keywords that they were made of, so that others can be made from them."""

    __slots__ = ("core", "keywords")

    def __init__(self, keywords):
        self.core = Options(**keywords)
        self.keywords = keywords


def core_options(asked):
    return DEFAULT if asked is None else asked.core


class Link(Factories):
    """Where the calls of handles go. ``_run(words, options, reply)`` executes one, and hands what was answered to ``reply``, if
    there is one; ``_handles`` has the handles of the kind."""

    __slots__ = ()
    _handles: Any = None

    def _run(self, words, asked, reply):
        raise NotImplementedError

    def _make(self, kind, key, options):
        return self._handle(kind, key, (), self._merged(None, options))

    def _handle(self, kind, key, path, options):
        return getattr(self._handles, kind)(self, key, path, options)

    @staticmethod
    def _merged(asked, keywords):
        if not keywords:
            return asked
        return Asked(keywords if asked is None else {**asked.keywords, **keywords})
