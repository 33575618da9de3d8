"""The machinery of scripts/gpu-day, without a device: time limits, crashes, hangs, what the report says of them."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest
from pathlib import Path
from signal import Signals
from types import SimpleNamespace
from unittest import mock

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "drivers"), str(HERE.parent / "peers")]
import device_tests  # noqa: E402
import gpu_day  # noqa: E402
import pack  # noqa: E402
import parts  # noqa: E402
import report_folder  # noqa: E402
import surroundings  # noqa: E402
import tuner_log  # noqa: E402
from places import ROOT, Refused  # noqa: E402
from runner import QUIET, TIME_LIMIT, Runner, Stopped  # noqa: E402

XML = """<doctest>
    <TestCase name="a &quot;good&quot; one" filename="x.cpp" line="1">
      <OverallResultsAsserts successes="9" failures="0" test_case_success="true" duration="0.25"/>
    </TestCase>
    <TestCase name="bad" filename="x.cpp" line="2">
      <Expression success="false" type="CHECK"><Original> a == b </Original>
        <Expanded>
          1 == 2
        </Expanded></Expression>
      <OverallResultsAsserts successes="0" failures="1" test_case_success="false" duration="0.5"/>
    </TestCase>
    <TestCase name="not here" filename="x.cpp" line="3">
skipped: no timestamps
      <OverallResultsAsserts successes="0" failures="0" test_case_success="true" duration="0"/>
    </TestCase>
    <TestCase name="open" filename="x.cpp" line="4">
"""

# A test program like doctest's: --fake takes what its cases do.
PROGRAM = """\
    #!{python}
    import os, re, sys, time
    DEEDS = {deeds!r}
    exclude = next((a.partition("=")[2].split(",") for a in sys.argv if a.startswith("--test-case-exclude=")), [])
    only = next((a.partition("=")[2].split(",") for a in sys.argv if a.startswith("--test-case=")), DEEDS)
    failed = False
    for name, deed in DEEDS.items():
        if name in exclude or name not in only:
            continue
        print(f'<TestCase name="{{name}}" filename="x" line="1">', flush=True)
        if deed == "crash":
            os.abort()
        if deed == "hang":
            time.sleep(600)
        bad = deed == "fail" or deed == "layer" and os.environ["GFNET_VALIDATION"] == "1"
        failed |= bad
        success = str(not bad).lower()
        print(f'<OverallResultsAsserts successes="1" failures="0" test_case_success="{{success}}" duration="1"/>')
    sys.exit(failed)
"""


class Scratch(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="gfnet-gpu-day-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.said = []
        self.runner = Runner(self.folder / "logs", self.said.append, heartbeat=0.2)

    def shell(self, text, **options):
        return self.runner.run("x", ["sh", "-c", text], dict(os.environ), **{"limit": 120, **options})


class Running(Scratch):
    def test_output_and_status_are_kept(self):
        finished = self.shell("echo out; echo 'gfnet: no device' >&2; echo more >&2; exit 3")
        self.assertEqual((finished.status, finished.output), (3, "out\n"))
        self.assertEqual(finished.reason(), "exit status 3: gfnet: no device")
        self.assertEqual((self.folder / "logs/x.out").read_text(encoding="utf-8"), "out\n")
        self.assertEqual(self.shell("true").reason(), "")

    def test_a_signal_is_named(self):
        self.assertEqual(self.shell("kill -SEGV $$").status, "SIGSEGV")

    def test_a_command_that_is_not_there(self):
        finished = self.runner.run("x", ["/no/such/command"], dict(os.environ), 20)
        self.assertIn("No such file", finished.reason())

    def test_a_time_limit_ends_what_the_command_started_too(self):
        finished = self.shell("sleep 600 & echo $!; wait", limit=3)
        self.assertEqual(finished.status, TIME_LIMIT)
        self.assertLess(finished.seconds, 300)
        for _ in range(50):
            try:
                state = Path(f"/proc/{finished.output.strip()}/stat").read_text(encoding="utf-8").split()[2]
            except FileNotFoundError:
                break
            if state == "Z":
                break
            time.sleep(0.1)
        else:
            self.fail("a child of the command still runs")
        self.assertTrue(self.said and self.said[0].startswith("x: "), self.said)

    def test_silence(self):
        self.assertEqual(self.shell("echo a; sleep 600", limit=300, quiet=0.5).status, QUIET)
        # Longer than `quiet` in all, but never silent for so long.
        self.assertEqual(self.shell("for i in 1 2 3 4 5 6; do echo a; sleep 1; done", limit=300, quiet=5).status, 0)

    def test_the_end_of_the_whole_run(self):
        self.runner.stop()
        with self.assertRaises(Stopped):
            self.shell("sleep 60")


class Tests(Scratch):
    def program(self, name, **deeds):
        path = self.folder / name
        path.write_text(textwrap.dedent(PROGRAM).format(python=sys.executable, deeds=deeds), encoding="utf-8")
        path.chmod(0o755)
        return path

    def run_programs(self, seconds=300, quiet=8, **programs):
        programs = {name: self.program(name, **deeds) for name, deeds in programs.items()}
        environment = {**os.environ, "GFNET_VALIDATION": "1"}
        runs = device_tests.Programs(self.runner, environment, quiet, gpu_day.Clock(seconds))
        cases, ended = runs.run(programs, 2)
        runs.run_again_without_layer(programs, cases)
        return {(case.program, case.name): case for case in cases}, ended

    def results(self, cases):
        return {name: case.result for (_, name), case in cases.items()}

    def test_xml_is_read_as_far_as_it_came(self):
        cases, is_open = device_tests.read(XML, "p")
        self.assertEqual([(case.name, case.result, case.seconds, case.said) for case in cases],
                         [('a "good" one', "passed", 0.25, ""), ("bad", "failed", 0.5, "1 == 2"),
                          ("not here", "skipped", 0, "")])
        self.assertEqual(is_open, "open")

    def test_failures_are_named_and_tried_without_the_layer(self):
        cases, ended = self.run_programs(one={"a": "pass", "b": "fail", "c": "layer"}, two={"d": "pass"})
        self.assertEqual(self.results(cases), {"a": "passed", "b": "failed", "c": "failed", "d": "passed"})
        self.assertEqual((cases["one", "b"].unlayered, cases["one", "c"].unlayered), ("failed", "passed"))
        self.assertEqual(ended, {})

    def test_after_a_crash_or_a_hang_the_other_cases_run(self):
        cases, ended = self.run_programs(one={"a": "pass", "b": "crash", "c": "hang", "d": "pass"})
        self.assertEqual(self.results(cases), {"a": "passed", "b": "crashed", "c": "hung", "d": "passed"})
        self.assertIn("SIGABRT", cases["one", "b"].said)
        self.assertEqual((cases["one", "b"].unlayered, cases["one", "c"].unlayered), ("crashed", "hung"))
        self.assertEqual(ended, {})

    def test_a_program_that_crashes_all_the_time_is_given_up(self):
        cases, ended = self.run_programs(one={name: "crash" for name in "abcdef"})
        self.assertEqual(len(cases), device_tests.MOST_STARTS)
        self.assertIn("SIGABRT", ended["one"])

    def test_a_program_that_takes_all_day_leaves_time_for_the_others(self):
        programs = {"slow": self.program("slow", a="hang"), "fast": self.program("fast", b="pass")}
        runs = device_tests.Programs(self.runner, {**os.environ, "GFNET_VALIDATION": "0"}, 300, gpu_day.Clock(30))
        cases, ended = runs.run(programs, 1)
        self.assertEqual([(case.name, case.result) for case in cases], [("b", "passed")])
        self.assertRegex(ended["slow"], r"^stopped after \d+ s$")
        self.assertEqual(len(ended), 1)

    def test_the_end_of_the_time_is_no_failure_of_a_case(self):
        cases, ended = self.run_programs(seconds=8, quiet=300, one={"a": "pass", "b": "hang"})
        self.assertEqual(self.results(cases), {"a": "passed"})
        self.assertRegex(ended["one"], r"^stopped after \d+ s")


class Logs(unittest.TestCase):
    def test_the_tuner(self):
        choices = tuner_log.read("""\
gfnet: tuning: choices for all batch sizes, measured at batch 4
gfnet: linear 8×4 gelu, 64 rows: tiled 8 rows 2.500000 ms
gfnet: linear 8×4 gelu, 64 rows: matrix 16 1.000000 ms, spills
gfnet: linear 8×4 gelu, 64 rows: tiled 8 rows 2.250000 ms
gfnet: tuning: linear 8×4 gelu, 64 rows: rejected packed: no such feature
gfnet: tuning: kernels for batch 2
gfnet: linear 8×4 gelu, 64 rows: tiled 4 rows 0.500000 ms
gfnet: the software driver x is used
""")
        self.assertEqual([(choice["scope"], len(choice["candidates"]), choice["rejected"]) for choice in choices],
                         [("all batches", 2, ["packed: no such feature"]), ("batch 2", 1, [])])
        self.assertEqual(tuner_log.chosen(choices[0]), {"name": "tiled 8 rows", "ms": 2.25, "spills": False})
        self.assertIsNone(tuner_log.chosen({"candidates": []}))

    def test_versions_that_a_program_needs(self):
        self.assertEqual(pack.needed_versions("""
Version References:
  required from libstdc++.so.6:
    0x02297f89 0x00 07 GLIBCXX_3.4.29
    0x08922974 0x00 03 GLIBCXX_3.4
  required from libc.so.6:
    0x069691b4 0x00 05 GLIBC_2.34

b:     file format elf64-x86-64
  required from libc.so.6:
    0x09691a75 0x00 02 GLIBC_2.2.5
"""), {"libstdc++.so.6": ["GLIBCXX_3.4", "GLIBCXX_3.4.29"], "libc.so.6": ["GLIBC_2.2.5", "GLIBC_2.34"]})


class OtherMachines(Scratch):
    """What a packed folder finds on a machine."""

    def packed(self, **changes):
        return {"machine": os.uname().machine, "glibc": "2.17", "libraries": {}, "versions": {}, "layer": None,
                **changes}

    def test_what_cannot_run_is_refused(self):
        surroundings.check(self.packed())
        with self.assertRaisesRegex(Refused, "need glibc 9.1 or later, and this machine has 2"):
            surroundings.check(self.packed(glibc="9.1"))
        with self.assertRaisesRegex(Refused, "are for vax"):
            surroundings.check(self.packed(machine="vax"))

    def test_a_library_is_carried_for_who_lacks_it_or_has_an_old_one(self):
        libraries = {"libgfnet-nowhere.so.1": "2.0", "libc.so.6": "2.0"}
        for version, expected in ((None, ["libgfnet-nowhere.so.1"]), ("GLIBC_2.2.5", ["libgfnet-nowhere.so.1"]),
                                  ("GLIBC_9.9", list(libraries))):
            packed = self.packed(libraries=libraries, versions={"libc.so.6": [version]} if version else {})
            self.assertEqual(surroundings.lacking(packed, shutil.which("true")), expected)

    def test_carried_libraries_come_first_if_this_glibc_is_enough(self):
        packed = self.packed(libraries={"libgfnet-new.so.1": "9.0", "libgfnet-old.so.1": "2.17"})
        with mock.patch.object(surroundings, "manifest", lambda: packed), \
                mock.patch.object(surroundings, "GFNET", shutil.which("true")):
            around = surroundings.Surroundings(self.folder)
        self.assertEqual(sorted(path.name for path in (self.folder / "lib").iterdir()), ["libgfnet-old.so.1"])
        self.assertEqual(around.environment()["LD_LIBRARY_PATH"].split(":")[0], str(self.folder / "lib"))
        self.assertNotIn(str(self.folder / "lib"), around.python_environment().get("LD_LIBRARY_PATH", ""))
        self.assertIn(["lacking", "libgfnet-new.so.1; the carried ones need a later glibc"], around.facts)
        self.assertIn(f"LD_LIBRARY_PATH='{self.folder / 'lib'}", around.command().read_text(encoding="utf-8"))

    def test_a_driver_outside_the_systems_folders_is_found(self):
        mounted = self.folder / "nvidia"
        (mounted / "lib64").mkdir(parents=True)
        (mounted / "lib64" / "libGLX_nvidia.so.0").touch()
        (mounted / "share/vulkan/icd.d").mkdir(parents=True)
        (mounted / "share/vulkan/icd.d/nvidia_icd.json").touch()
        clean = {name: value for name, value in os.environ.items() if not name.startswith("VK_")}
        with mock.patch.object(surroundings, "DRIVER_FOLDERS", [mounted]), \
                mock.patch.dict(os.environ, clean, clear=True):
            attempts = list(surroundings.Surroundings(self.folder).driver_attempts())
        self.assertEqual(attempts[0], ("the loader's own choice", {}, []))
        self.assertEqual(attempts[1][1]["VK_DRIVER_FILES"], str(mounted / "share/vulkan/icd.d/nvidia_icd.json"))
        self.assertEqual(attempts[1][2], [mounted / "lib64"])
        written = json.loads(Path(attempts[3][1]["VK_DRIVER_FILES"]).read_text(encoding="utf-8"))
        self.assertEqual(written["ICD"]["library_path"], str(mounted / "lib64" / "libGLX_nvidia.so.0"))
        with mock.patch.dict(os.environ, VK_DRIVER_FILES="mine.json"):
            self.assertEqual(len(list(surroundings.Surroundings(self.folder).driver_attempts())), 1)

    def gpu_day(self, *arguments):
        return subprocess.run([sys.executable, "-B", self.folder / "scripts/gpu-day", *arguments], capture_output=True,
                              text=True, check=False)

    def test_the_scripts_need_no_file_that_is_not_packed(self):
        for source in pack.repository_files():
            if source.is_file():
                target = self.folder / source.relative_to(ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)
        (self.folder / "pack.json").write_text(json.dumps(self.packed(tests=[])), encoding="utf-8")
        for arguments, expected in ((["--list", "r"], "gfnet check"), (["--help"], "REPORT-FOLDER")):
            done = self.gpu_day(*arguments)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn(expected, done.stdout)
            self.assertNotIn("--pack", done.stdout.replace("scripts/gpu-day --pack FOLDER", ""))
        done = self.gpu_day("r")
        self.assertEqual(done.returncode, 2)
        self.assertIn("is not built", done.stderr)


def device_entry(index, name, kind, default=False):
    return {"index": index, "name": name, "type": kind, "default": default, "driver": "d 1"}


class Device(unittest.TestCase):
    def test_a_gpu_is_chosen_unless_another_device_is_named(self):
        devices = [device_entry(0, "Soft, 256 bits", "cpu", True), device_entry(1, "Small", "integrated"),
                   device_entry(2, "Big", "discrete")]
        self.assertEqual(parts.choose(devices, None)["name"], "Small")
        self.assertEqual(parts.choose(devices, "big")["name"], "Big")
        self.assertEqual(parts.choose(devices, "0")["name"], "Soft, 256 bits")
        self.assertIsNone(parts.choose(devices, "none"))
        self.assertIsNone(parts.choose(devices[:1], None))


class Days(Scratch):
    """Whole days, with parts of our own."""

    @staticmethod
    def device(day):
        return {"result": parts.OK, "detail": "Some GPU", "device": device_entry(0, "Some GPU", "discrete"),
                "facts": []}

    def day(self, *own, minutes=5, only=None, device=None):
        listed = [parts.Part("device", "the device", 10, device or self.device), *own]
        report = self.folder / "report"
        with mock.patch.object(parts, "parts", lambda sizes: listed), \
                mock.patch.object(gpu_day, "GFNET", Path(sys.executable)), \
                mock.patch.object(pack, "device_tests", lambda: []), mock.patch("builtins.print"):
            status = gpu_day.main([str(report), "--minutes", str(minutes), *(["--only", *only] if only else [])])
        self.assertLessEqual(len(list(report.iterdir())), 8)
        self.assertTrue(all(path.is_file() for path in report.iterdir()))
        results = json.loads((report / "results.json").read_text(encoding="utf-8"))["results"]
        text = (report / "report.md").read_text(encoding="utf-8")
        rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.partition("## Parts")[2].splitlines()
                if line.startswith("| ")][2:2 + len(listed)]
        self.assertEqual([row[0] for row in rows], [part.name for part in listed])
        return status, {name: found["result"] for name, found in results.items()}, {row[0]: row[1:] for row in rows}

    @staticmethod
    def part(name, command, limit=60.0):
        def run(day):
            return parts.outcome(day.run(name, ["sh", "-c", command], dict(os.environ)))
        return parts.Part(name, f"part {name}", limit, run)

    def test_all_is_well(self):
        status, results, _ = self.day(self.part("one", "true"))
        self.assertEqual((status, results), (0, {"device": "ok", "one": "ok"}))

    def test_what_fails_crashes_or_hangs_is_reported_and_the_rest_goes_on(self):
        def mistaken(day):
            raise KeyError("x")

        status, results, rows = self.day(
            self.part("wrong", "echo 'gfnet: it is wrong' >&2; exit 3"), self.part("crash", "kill -SEGV $$"),
            self.part("hang", "echo begun >&2; sleep 600", 4), parts.Part("mistake", "a mistake", 10, mistaken),
            self.part("last", "true"))
        self.assertEqual(status, 1)
        self.assertEqual(results, {"device": "ok", "wrong": "failed", "crash": "failed", "hang": "time limit",
                                   "mistake": "failed", "last": "ok"})
        self.assertEqual(rows["wrong"][0::2], ["failed", "exit status 3: gfnet: it is wrong"])
        self.assertEqual(rows["crash"][2], "SIGSEGV")
        self.assertEqual(rows["hang"][0], "time limit")
        self.assertRegex(rows["hang"][1], r"^\d+ s$")
        self.assertRegex(rows["hang"][2], r"^stopped after \d+ s; said last: begun$")
        self.assertEqual(rows["mistake"][2], "this script failed: KeyError: 'x'")

    def test_what_the_time_did_not_suffice_for_is_named(self):
        # Time passes only in the first part, which then runs as long as it may.
        now = [0.0]

        def long(day):
            now[0] += day.clock.left()
            return {"result": parts.STOPPED, "detail": ""}

        with mock.patch.object(gpu_day, "time", SimpleNamespace(monotonic=lambda: now[0])):
            status, results, rows = self.day(parts.Part("long", "a long one", 500, long), self.part("late", "true"))
        self.assertEqual((status, results), (1, {"device": "ok", "long": "time limit", "late": "not run"}))
        self.assertEqual(rows["late"][2], "no time was left")

    def test_without_a_device_nothing_else_runs(self):
        def none(day):
            raise Refused("no GPU found: llvmpipe")

        status, results, rows = self.day(self.part("one", "true"), device=none)
        self.assertEqual((status, results), (1, {"device": "failed", "one": "not run"}))
        self.assertEqual((rows["device"][2], rows["one"][2]), ("no GPU found: llvmpipe", "there is no device"))

    def test_only_some_parts(self):
        status, results, _ = self.day(self.part("one", "false"), self.part("two", "true"), only=["two"])
        self.assertEqual((status, results), (0, {"device": "ok", "one": "not run", "two": "ok"}))

    def test_a_signal_ends_the_day_with_a_report(self):
        ending = self.part("one", f"kill -TERM {os.getpid()}; sleep 600", 250)
        status, results, _ = self.day(ending, self.part("two", "true"))
        self.assertEqual((status, results), (1, {"device": "ok", "one": "not run", "two": "not run"}))

    def test_a_signal_before_the_first_part_ends_the_day_with_a_report(self):
        def version(day):
            os.kill(os.getpid(), Signals.SIGTERM)
            return day.run("version", ["sleep", "600"], dict(os.environ)).output

        with mock.patch.object(report_folder, "version", version):
            status, results, rows = self.day(self.part("one", "true"))
        self.assertEqual((status, results), (1, {"device": "not run", "one": "not run"}))
        self.assertEqual(rows["device"][2], "the run was ended")


if __name__ == "__main__":
    unittest.main()
