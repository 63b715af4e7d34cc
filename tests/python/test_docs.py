"""Every example of docs/python.md and of the README does what it says."""

import doctest
import os
import pathlib
import re

import pytest

ROOT = pathlib.Path(os.environ["CAUSEWAY_ROOT"])
WRITTEN = "127.4.1.1:7400"  # where the examples have their node


def examples_of(path, endpoint):
    """The doctest of all fenced examples of a page, with their lines where they are in it."""
    inside, lines = False, []
    for line in (ROOT / path).read_text().splitlines():
        fence = line.startswith("```")
        inside = line == "```python" or (inside and not fence)
        lines.append(line.replace(WRITTEN, endpoint) if inside and not fence else "")
    return doctest.DocTestParser().get_doctest("\n".join(lines) + "\n", {}, path, path, 0)


@pytest.mark.parametrize("path, least", [("docs/python.md", 80), ("README.md", 5)])
def test_every_example_does_what_it_says(node, path, least):
    import causeway

    with causeway.connect(node.endpoint) as client:
        client.delete("views", "cart", "board")
    examples = examples_of(path, node.endpoint)
    assert len(examples.examples) >= least
    said = []
    doctest.DocTestRunner(optionflags=doctest.IGNORE_EXCEPTION_DETAIL).run(examples, out=said.append)
    assert not said, "".join(said)


def test_an_example_that_is_wrong_fails(node):
    wrong = doctest.DocTestParser().get_doctest(">>> 1 + 1\n3\n", {}, "wrong", "wrong", 0)
    assert doctest.DocTestRunner().run(wrong, out=lambda _: None).failed == 1


def test_every_public_type_has_an_example():
    page = (ROOT / "docs/python.md").read_text()
    from causeway._factories import Factories

    kinds = [name for name in vars(Factories) if not name.startswith("_")]
    assert len(kinds) == 15
    assert not [kind for kind in kinds if not re.search(rf">>> .*client\.{kind}\(", page)]
