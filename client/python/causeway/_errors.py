"""The error table of the store, as exceptions.

Each has a code, a sentence that says what is wrong and what to do, and one of three tags:

retryable   nothing happened; trying again may help
ambiguous   it may have happened, or may yet; repeat it with the same request id, and it counts once
fatal       it will not work as asked

That something is missing is no error: reads return None, and ``handle[...]`` raises KeyError or IndexError.
"""

from __future__ import annotations

from typing import ClassVar


class Error(Exception):
    """What the store, or the client on its behalf, could not do."""

    code: ClassVar[str] = "INTERNAL"

    def __init__(self, tag: str, sentence: str, needed: int = 0, got: int = 0) -> None:
        super().__init__(tag, sentence, needed, got)
        #: "retryable", "ambiguous" or "fatal".
        self.tag = tag
        #: What is wrong and what to do.
        self.sentence = sentence
        #: Replicas that the level asks for (Unavailable, Timeout), else 0.
        self.needed = needed
        #: Replicas alive (Unavailable) or that acknowledged (Timeout).
        self.got = got

    @property
    def retryable(self) -> bool:
        """Nothing happened."""
        return self.tag == "retryable"

    @property
    def ambiguous(self) -> bool:
        """It may have happened."""
        return self.tag == "ambiguous"

    @property
    def fatal(self) -> bool:
        """It will not work as asked."""
        return self.tag == "fatal"

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence}"


class NotFound(Error, KeyError):
    """A command that needs something to be there, where it is not."""

    code = "NOT_FOUND"
    __str__ = Error.__str__  # that of KeyError shows quotes


class WrongType(Error, TypeError):
    """The key holds a value of another type."""

    code = "WRONG_TYPE"


class Invalid(Error, ValueError):
    """The command or an option makes no sense."""

    code = "INVALID"


class TooLarge(Error, ValueError):
    """A key, value or request is over its limit."""

    code = "TOO_LARGE"


class Unavailable(Error, ConnectionError):
    """Too few replicas are there (needed, got), or none can be reached."""

    code = "UNAVAILABLE"
    __str__ = Error.__str__


class Timeout(Error, TimeoutError):
    """No answer in time: too few replicas acknowledged (needed, got), or nobody said anything."""

    code = "TIMEOUT"
    __str__ = Error.__str__


class NotYet(Error):
    """No replica has what the session depends on yet."""

    code = "NOT_YET"


class Overloaded(Error):
    """A queue is full, of a node or of this client."""

    code = "OVERLOADED"


class StorageFull(Error):
    """The disk limit of a node is reached; reads go on."""

    code = "STORAGE_FULL"


class Unauthenticated(Error):
    """Nobody knows who is asking."""

    code = "UNAUTHENTICATED"


class PermissionDenied(Error, PermissionError):
    """This user may not do that."""

    code = "PERMISSION_DENIED"
    __str__ = Error.__str__


class Internal(Error):
    """A bug, or nodes of another release."""

    code = "INTERNAL"


_BY_CODE: dict[str, type[Error]] = {each.code: each for each in Error.__subclasses__()}


def error_of(code: str, tag: str, sentence: str, needed: int, got: int) -> Error:
    """The exception for an error of the C++ client."""
    return _BY_CODE.get(code, Internal)(tag, sentence, needed, got)
