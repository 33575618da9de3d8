"""What report.md of a GPU day says of the results of its parts."""
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "drivers"), str(HERE.parent / "peers")]
import checked_kernels  # noqa: E402
import day_report  # noqa: E402
import device_tests  # noqa: E402


class Report(unittest.TestCase):
    def render(self, **results):
        whole = {"date": "2031-02-03 04:05 UTC", "gfnet": "1.0", "minutes": 9, "rehearsal": False, "packed": None,
                 "machine": {"cpu": "C", "cores": 4, "memory_bytes": 8 << 30, "system": "S", "kernel": "6",
                             "glibc": "2.36", "python": "3.11"},
                 "parts": list(results),
                 "results": {name: {"title": name, "seconds": 2.0, "result": "ok", "detail": "", **found}
                             for name, found in results.items()}}
        return day_report.render(whole)

    def test_parts_without_a_result_are_not_ok(self):
        whole = {"date": "", "gfnet": "1.0", "minutes": 9, "rehearsal": False, "packed": None,
                 "machine": {"cpu": "C", "cores": 4, "memory_bytes": 8 << 30, "system": "S", "kernel": "6",
                             "glibc": "2.36", "python": "3.11"},
                 "parts": ["device", "check"],
                 "results": {"device": {"title": "device", "seconds": 2.0, "result": "ok", "detail": ""}}}
        self.assertIn("\n**Not run yet: check.**\n", day_report.render(whole))

    def test_the_first_line_says_what_is_not_ok(self):
        self.assertIn("\n**All parts are ok.**\n", self.render(check={}, tests={}))
        failed = {"result": "failed"}
        text = self.render(check=failed, tests={"result": "not run"}, plans={}, scaling=failed)
        self.assertIn("\n**Failed: check, scaling; not run: tests.**\n", text)

    def test_the_check(self):
        kernel = {"kernel": "k", "name": "k 8", "result": "right", "problems": 2, "worst_error": 0.25, "sizes": "3×4",
                  "seconds": 0.5, "cause": ""}
        wrong = dict(kernel, name="w 8", result="wrong", worst_error=7.5, cause="all of it")
        crashed = dict(kernel, name="c 8", result="crashed", worst_error=None)
        unchecked = dict(kernel, name="u 8", result="not checked", problems=0, worst_error=0)
        kernels = [kernel, wrong, crashed, unchecked]
        text = self.render(check={"report": {"kernels": kernels, "all_right": False}})
        self.assertIn("Kernels and networks: 3 checked, 2 not right, 1 more not checked. The largest error is 750 % of "
                      "what rounding allows, of w 8, 3×4.", text)
        self.assertEqual(checked_kernels.summary([kernel]), "1 checked, all right")
        self.assertEqual(checked_kernels.summary([kernel, unchecked]), "1 checked, all right, 1 more not checked")
        self.assertEqual(text.count("| w 8 | wrong | 2 | 750.0 % | 3×4 | 0.50 | all of it |\n"), 2)
        self.assertEqual(text.count("| k 8 | right | 2 | 25.0 % | 3×4 | 0.50 |  |\n"), 1)
        self.assertIn("| c 8 | crashed | 2 |  | 3×4 | 0.50 |  |\n", text)

    def test_the_tests(self):
        cases = [vars(device_tests.Case("p", "a", "passed", 1.5)),
                 vars(device_tests.Case("p", "b | c", "hung", 2.0, "said", "passed"))]
        text = self.render(tests={"cases": cases, "ended": {"q": "no time was left"}, "programs": ["p", "q"]})
        self.assertIn("| p | 1 |  |  |  | 1 | 3.5 s |  |\n", text)
        self.assertIn("| q |  |  |  |  |  | 0.0 s | no time was left |\n", text)
        self.assertIn("| p | b \\| c | hung | passed | said |\n", text)

    def test_the_tuner(self):
        candidates = [{"name": "plain", "ms": 4.0, "spills": False}, {"name": "matrix", "ms": 2.0, "spills": False}]
        choice = {"model": "m", "precision": "fp16", "scope": "batch 8", "choice": "fc", "candidates": candidates,
                  "rejected": ["x: y"]}
        text = self.render(tuner={"choices": [choice, dict(choice, candidates=candidates[:1], rejected=[])]})
        self.assertIn("| m | fp16 | batch 8 | fc | matrix | 2.00 ms | plain | 2.00× | 2, 1 rejected |\n", text)
        self.assertIn("| m | fp16 | batch 8 | fc | plain | 4.00 ms | the same |  | 1 |\n", text)

    def test_plans_and_figures(self):
        good = {"seconds": 1, "processor_seconds": 0, "pipelines": 9, "spilling": 1, "spills": 7, "worst": "k 1",
                "matrix": True}
        text = self.render(plans={"runs": {"x.fp16.8": good, "y": {"seconds": 2, "failure": "SIGSEGV"}}},
                           **{"measure-m": {"bench": ["one\ntwo\n"]}})
        self.assertIn("| x.fp16.8 | 9 | 1 | 7 | k 1 | yes | 1.0 s |  |\n", text)
        self.assertIn("| y |  |  |  |  |  | 2.0 s | SIGSEGV |\n", text)
        self.assertIn("```\none\ntwo\n```\n", text)


if __name__ == "__main__":
    unittest.main()
