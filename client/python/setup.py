"""Packs the module that CMake builds.

The C++ is built in build/release of the repository, or in the folder that CAUSEWAY_BUILD names; setuptools' own files go there
too, so that nothing is written beside the sources.
"""

import os
import pathlib
import re
import shutil
import subprocess

from setuptools import Distribution, setup
from setuptools.command.build_py import build_py

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD = pathlib.Path(os.environ.get("CAUSEWAY_BUILD", ROOT / "build" / "release"))
SCRATCH = BUILD / "python-wheel"


def version():
    return re.search(r"project\(causeway VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text())[1]


class Build(build_py):
    """The package's files, and beside them the module."""

    def run(self):
        if not (BUILD / "CMakeCache.txt").exists():
            subprocess.run(["cmake", "-S", ROOT, "-B", BUILD, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=RelWithDebInfo"], check=True)
        subprocess.run(["cmake", "--build", BUILD, "--target", "causeway_python", "--parallel"], check=True)
        super().run()
        for module in (BUILD / "python" / "causeway").glob("_core.*.so"):
            shutil.copy(module, pathlib.Path(self.build_lib) / "causeway")


class Binary(Distribution):
    def has_ext_modules(self):
        return True


SCRATCH.mkdir(parents=True, exist_ok=True)
setup(
    name="causeway",
    version=version(),
    description="Causeway, a key-value store for several regions at once",
    license="Apache-2.0",
    python_requires=">=3.11",
    packages=["causeway"],
    package_data={"causeway": ["*.pyi", "py.typed"]},
    distclass=Binary,
    cmdclass={"build_py": Build},
    options={"build": {"build_base": str(SCRATCH)}, "egg_info": {"egg_base": str(SCRATCH)}},
)
