#!/usr/bin/python3
"""Proves that the guard over instructions fails where it must, and says by how much. Its argument: the root."""

import os
import sys
import unittest

ROOT = sys.argv.pop()
sys.path.insert(0, os.path.join(ROOT, "bench"))
import book  # noqa: E402
import check_instructions  # noqa: E402


class Guard(unittest.TestCase):
    def test_more_than_5_percent_over_fails_and_says_by_how_much(self):
        line, failed = check_instructions.verdict("get", 1061, 1000)
        self.assertTrue(failed)
        self.assertIn("+6.1%", line)

    def test_less_than_5_percent_either_way_passes(self):
        for counted in (951, 1000, 1049):
            self.assertFalse(check_instructions.verdict("get", counted, 1000)[1])

    def test_more_than_5_percent_under_passes_and_asks_to_lower_the_budget(self):
        line, failed = check_instructions.verdict("get", 900, 1000)
        self.assertFalse(failed)
        self.assertIn("lower the budget", line)

    def test_a_kind_without_a_budget_fails(self):
        self.assertTrue(check_instructions.verdict("get", 900, None)[1])

    def test_the_budget_names_every_kind(self):
        budget = check_instructions.read_budget(os.path.join(ROOT, "bench", "instructions.budget"))
        self.assertEqual(sorted(budget), ["apply", "get", "incr", "sadd", "set"])


class Ratios(unittest.TestCase):
    def test_a_ratio_is_the_median_of_pairs_and_above_1_where_ours_is_better(self):
        ours = {"values": [200, 100, 300], "better": "more"}
        other = {"values": [100, 100, 100]}
        self.assertEqual(book.paired_ratio(ours, other), 2)
        self.assertEqual(book.paired_ratio({**ours, "better": "less"}, other), 0.5)

    def test_a_round_without_a_figure_counts_for_nothing(self):
        self.assertIsNone(book.paired_ratio({"values": [0], "better": "more"}, {"values": [5]}))


if __name__ == "__main__":
    unittest.main()
