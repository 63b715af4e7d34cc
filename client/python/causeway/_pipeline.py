"""Many independent commands at once."""

import types

from . import _list, _map, _sets, _sorted_set, _values
from ._errors import Error
from ._link import Link


class _Handles:
    """The plain types: their methods only add to the pipeline."""


for _module in (_values, _sets, _map, _list, _sorted_set):
    for _each in vars(_module).values():
        if isinstance(_each, type) and _each.__module__ == _module.__name__:
            setattr(_Handles, _each.__name__, _each)


class BasePipeline(Link):
    """Commands that are sent together and do not depend on each other: each may succeed or fail by itself, in any order."""

    __slots__ = ("_client", "_options", "_commands", "_replies")
    __class_getitem__ = classmethod(types.GenericAlias)
    _handles = _Handles

    def __init__(self, client, options):
        self._client = client
        self._options = options
        self._commands = []
        self._replies = {}

    def __len__(self):
        return len(self._commands)

    def __bool__(self):
        return True

    def execute(self, *words):
        """Adds a command."""
        self._commands.append(words)

    def _run(self, words, asked, reply):
        if asked is not None:
            raise TypeError("the commands of a pipeline share its options: give them to pipeline()")
        if reply is not None:
            self._replies[len(self._commands)] = reply
        self._commands.append(words)

    def _take(self):
        taken = self._commands, self._replies
        self._commands, self._replies = [], {}
        return taken

    @staticmethod
    def _finish(answers, replies, raise_errors):
        for at, reply in replies.items():
            if not isinstance(answers[at], Error):
                try:
                    answers[at] = reply(answers[at])
                except KeyError as missing:
                    answers[at] = missing
        if raise_errors:
            for each in answers:
                if isinstance(each, Exception):
                    raise each
        return answers


class Pipeline(BasePipeline):
    """Commands that are sent together and do not depend on each other: each may succeed or fail by itself, in any order.

    execute() and the methods of handles only add; run() executes them. For one thread. As a context manager it runs at
    the end, unless an exception leaves the block.
    """

    __slots__ = ("results",)

    def __init__(self, client, options):
        super().__init__(client, options)
        #: What the last run() returned.
        self.results = []

    def run(self, *, raise_errors=True):
        """Executes all that was added, and returns the answers in that order; the pipeline is empty then.

        Raises the first error once all are answered; with raise_errors=False errors stand in the place of answers.
        """
        commands, replies = self._take()
        self.results = self._client.run(commands, self._options)
        return self._finish(self.results, replies, raise_errors)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        if kind is None:
            self.run()
