"""The command of the README: the package installs offline, with Debian's packages, and works from where it is installed."""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(os.environ["CAUSEWAY_ROOT"])


def test_pip_installs_it_offline_into_a_venv(node, tmp_path):
    readme = (ROOT / "README.md").read_text()
    commands = [line.strip() for line in readme.splitlines() if line.startswith("    ") and "my-venv" in line]
    assert len(commands) == 2, "the README has the two commands"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    for command in commands:
        command = command.replace("my-venv", str(tmp_path / "my-venv"))
        subprocess.run(command, shell=True, check=True, cwd=ROOT, env=environment)
    program = f"import causeway; c = causeway.connect('{node.endpoint}'); print(causeway.__file__, c.counter('installed').increment())"
    told = subprocess.run([tmp_path / "my-venv" / "bin" / "python", "-I", "-c", program], check=True, text=True,
                          capture_output=True, env=environment).stdout.split()
    assert told[0].startswith(str(tmp_path)) and told[1] == "1"
    changed = subprocess.run(["git", "status", "--porcelain", "--ignored", "client/python"], cwd=ROOT, text=True,
                             capture_output=True).stdout
    assert "egg-info" not in changed and "client/python/build" not in changed
    assert sys.version_info >= (3, 11)
