"""The stub files: mypy accepts a program that uses them, refuses one that is wrong, and they say what the package has."""

import ast
import os
import pathlib
import subprocess
import sys

import causeway
import causeway.aio
import pytest

HERE = pathlib.Path(__file__).parent
PACKAGE = pathlib.Path(os.environ["CAUSEWAY_BUILD"]) / "python"


def checked(tmp_path, *arguments, module="mypy"):
    done = subprocess.run([sys.executable, "-B", "-m", module, *map(str, arguments)], text=True, capture_output=True,
                          cwd=tmp_path, env={**os.environ, "MYPYPATH": str(PACKAGE), "MYPY_CACHE_DIR": str(tmp_path)})
    return done.returncode, done.stdout + done.stderr


def test_mypy_accepts_a_program_that_uses_the_package(tmp_path):
    status, said = checked(tmp_path, "--strict", HERE / "typed_use.py")
    assert status == 0, said


def test_mypy_refuses_what_is_wrong(tmp_path):
    wrong = ['client.counter("n").increment("x")', 'client.counter("n").push(1)', 'len(client.counter("n"))',
             'client["k"].encode()', 'client.execute("get", None)', 'client.set("s", consistency=1)']
    program = tmp_path / "wrong.py"
    program.write_text("\n".join(["import causeway", 'client = causeway.connect("h")', *wrong]))
    status, said = checked(tmp_path, program)
    for line in range(3, 3 + len(wrong)):
        assert f"wrong.py:{line}: error" in said, said


def test_the_stubs_say_what_the_package_has(tmp_path):
    private = tmp_path / "allowed"
    private.write_text(r"causeway\._.*")  # what users do not see is described by its code
    status, said = checked(tmp_path, "causeway", "--ignore-missing-stub", "--allowlist", private, module="mypy.stubtest")
    assert status == 0, said


def names_by_class(path):
    """What each class of a stub file has, bases that are there included."""
    classes = {each.name: each for each in ast.parse(path.read_text()).body if isinstance(each, ast.ClassDef)}

    def names(name):
        own = {each.name if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)) else each.target.id
               for each in classes[name].body if not isinstance(each, ast.Expr)}
        bases = [base.value.id for base in classes[name].bases if isinstance(base, ast.Subscript)]
        return own.union(*(names(base) for base in bases if base in classes))

    return {name: names(name) for name in classes if not name.startswith("_")}


@pytest.mark.parametrize("module, file", [(causeway, "__init__.pyi"), (causeway.aio, "aio.pyi")])
def test_the_stubs_miss_nothing_that_a_class_inherits(module, file):
    for name, told in names_by_class(PACKAGE / "causeway" / file).items():
        there = {each for each in dir(getattr(module, name)) if not each.startswith("_")}
        assert there == {each for each in told if not each.startswith("_")}, name
