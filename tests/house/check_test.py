#!/usr/bin/python3
"""Plants one breach of each rule in a tree of its own: a check that cannot fail is worth nothing."""

import contextlib
import io
import os
import tempfile
import unittest

import check

CLEAN = {
    "base/bytes.h": "#pragma once\n#include <string>\n",
    "crdt/dot.h": '#include "base/bytes.h"\n#include "crdt/event.h"\n',
    "net/socket.cc": "#include <net/if.h>\n",
    "cli/main.cc": "#include <causeway/client.h>\n",
    "tests/crdt/dot_test.cc": '#include "server/shard.h"\n// sleepless\n',
    "build/release/made.h": "TO" + "DO\n",
    "README.md": "Nothing is left to do.\n",
}


class CheckTest(unittest.TestCase):
    def run_check(self, planted):
        with tempfile.TemporaryDirectory() as root:
            for path, text in {**CLEAN, **planted}.items():
                full = os.path.join(root, path)
                os.makedirs(os.path.dirname(full), exist_ok=True)
                with open(full, "w", encoding="utf-8") as file:
                    file.write(text)
            with contextlib.redirect_stdout(io.StringIO()) as out:
                code = check.main(root)
            return code, out.getvalue()

    def test_a_tree_that_keeps_the_rules_passes(self):
        self.assertEqual(self.run_check({}), (0, "house: the rules hold\n"))

    def assert_caught(self, path, text, line, words):
        code, out = self.run_check({path: text})
        self.assertEqual(code, 1, out)
        self.assertEqual(out.count("\n"), 2, f"one breach was planted: {out}")
        self.assertTrue(out.startswith(f"{path}:{line}: "), out)
        self.assertIn(words, out)

    def test_an_include_that_points_up_is_caught(self):
        for folder, included in [
            ("base", "crdt/dot.h"),
            ("crdt", "ring/ring.h"),
            ("storage", "wire/message.h"),
            ("sync", "ring/placement.h"),
            ("dc", "bridge/link.h"),
            ("bridge", "dc/replica.h"),
            ("node", "net/reactor.h"),
            ("net", "crdt/dot.h"),
            ("client", "storage/log.h"),
            ("cli", "crdt/dot.h"),
            ("server", "cli/shell.h"),
            ("server", "tests/crdt/helper.h"),
        ]:
            with self.subTest(folder=folder, included=included):
                text = f'#include <string>\n  #  include "{included}"\n'
                self.assert_caught(f"{folder}/bad.h", text, 2, f"{folder}/ may not include")

    def test_an_include_in_angle_brackets_is_no_way_around(self):
        self.assert_caught("base/bad.cc", "#include <crdt/dot.h>\n", 1, "may not include crdt/")
        self.assert_caught("base/bad.cc", "#include <causeway/client.h>\n", 1, "may not include client/")

    def test_an_include_that_is_not_from_the_root_is_caught(self):
        self.assert_caught("base/bad.cc", '#include "bytes.h"\n', 1, "from the root")
        self.assert_caught("base/bad.cc", '#include "../crdt/dot.h"\n', 1, "from the root")

    def test_a_folder_without_a_row_is_caught(self):
        self.assert_caught("misc/bad.cc", '#include "base/bytes.h"\n', 1, "no row")

    def test_a_sleep_in_a_test_is_caught(self):
        for call in ["this_thread::sleep" + "_for(1s);", "usleep" + "(10);", "time.sleep" + "(1)", "sleep" + " 1"]:
            with self.subTest(call=call):
                self.assert_caught("tests/dc/bad_test", f"\n\n{call}\n", 3, "a test sleeps")

    def test_a_long_file_is_caught(self):
        self.assert_caught("base/bad.h", "\n" * 501, 501, "501 lines")
        self.assertEqual(self.run_check({"base/good.h": "\n" * 500})[0], 0)

    def test_a_marker_is_caught_in_any_file(self):
        for marker in ["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"]:
            for path in ["base/bad.h", "docs/bad.md", ".ci/run"]:
                with self.subTest(marker=marker, path=path):
                    self.assert_caught(path, f"fine\n// {marker}: later\n", 2, "unfinished")


if __name__ == "__main__":
    unittest.main()
