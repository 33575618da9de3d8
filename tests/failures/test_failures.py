"""Calls of the driver that fail while images are labelled: clean errors, no lost row and no wrong one.

A Vulkan layer (failing_layer.cpp) between the engine and the driver makes the Nth call of a run fail. The tests do
that for every N; some only for the first and the last call of each function, unless GFNET_TEST_EVERY_CALL is set. Each run must end in one of two ways: all rows are there and right; or the exit status is 3, stderr
says why, and the rows that are there are right and can be continued with --resume.
"""
import collections
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

COMMAND = os.environ["GFNET_COMMAND"]
ROOT = Path(__file__).resolve().parents[2]
LAYERS = sys.argv.pop(1)
MODEL = ROOT / "tests" / "data" / "reference" / "flat-8x8-32px.pth"
PHOTOS = sorted((ROOT / "weights" / "photos").glob("*.jpg"))[:6]  # a batch of 4 and one of 2
HEAD = 1  # lines before the rows
EVERY_CALL = bool(os.environ.get("GFNET_TEST_EVERY_CALL"))


def first_and_last(calls):
    """Of each function, the numbers of its first and its last call, from 1, ascending."""
    if EVERY_CALL:
        return range(1, len(calls) + 1)
    first = {call: n for n, call in reversed([*enumerate(calls, 1)])}
    last = {call: n for n, call in enumerate(calls, 1)}
    return sorted({*first.values(), *last.values()})


class Failures(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="gfnet-failures-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.cache = self.folder / "cache"

    def run_command(self, *args, fail="", name="run", photos=PHOTOS, batch=4, **environment):
        return subprocess.run(
            [COMMAND, "classify", "--model", MODEL, "--top", "1", "--batch", str(batch), *map(str, args), *photos],
            capture_output=True, text=True, timeout=120,
            # Mesa's layer that orders devices reads what a refused call did not write, and may crash.
            env={**os.environ, "GFNET_CACHE": str(self.cache), "NODEVICE_SELECT": "1", "VK_LAYER_PATH": LAYERS,
                 "VK_INSTANCE_LAYERS": "VK_LAYER_GFNET_failing", "GFNET_TEST_FAIL": fail,
                 "GFNET_TEST_CALLS": str(self.folder / f"{name}.calls"), **environment})

    def calls(self, kind, **environment):
        """The output of a run without faults, and its calls that can fail in this way, in order."""
        self.run_command(**environment)  # fills the cache
        done = self.run_command(fail=f"0 {kind}", name=kind, **environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(done.stdout.splitlines()), HEAD + len(PHOTOS))
        return done.stdout, (self.folder / f"{kind}.calls").read_text().split()

    def fail_calls(self, kind, choose=lambda calls: range(1, len(calls) + 1), **environment):
        """Makes each call that `choose` takes fail in turn. Returns the exit statuses by the call's name."""
        whole, calls = self.calls(kind, **environment)
        statuses = collections.defaultdict(set)

        def one(n):
            output = self.folder / f"{kind}-{n}.csv"
            return n, output, self.run_command("--output", output, "--format", "csv", fail=f"{n} {kind}",
                                               name=f"{kind}-{n}", **environment)

        with ThreadPoolExecutor(2) as pool:
            for n, output, done in pool.map(one, choose(calls)):
                call = calls[n - 1]
                with self.subTest(kind=kind, n=n, call=call):
                    rows = output.read_text() if output.exists() else ""
                    self.assertIn(done.returncode, (0, 3), done.stderr)
                    if done.returncode == 0:
                        self.assertEqual(rows, whole)
                    else:
                        self.assertTrue(whole.startswith(rows), rows)
                        self.assertIn("VK_", done.stderr)
                        self.assertNotIn("validation", done.stderr)
                        # Once for each function: --resume makes the output whole.
                        if rows and 3 not in statuses[call]:
                            self.assertIn("to continue: ", done.stderr)
                            again = self.run_command("--output", output, "--format", "csv", "--resume", **environment)
                            self.assertEqual(again.returncode, 0, again.stderr)
                            self.assertEqual(output.read_text(), whole)
                statuses[call].add(done.returncode)
                output.unlink(missing_ok=True)
        self.assertGreater(len(calls), 3)
        return statuses

    def test_memory_runs_out_in_any_call(self):
        statuses = self.fail_calls("memory")
        # What a batch needs is asked for again, for half of the batch.
        for call in ("vkAllocateMemory", "vkMapMemory", "vkCreateComputePipelines", "vkAllocateDescriptorSets",
                     "vkCreateCommandPool", "vkQueueSubmit"):
            self.assertEqual(statuses[call], {0}, call)

    def test_any_call_is_refused(self):
        statuses = self.fail_calls("refused", first_and_last)
        for call in ("vkCreateInstance", "vkCreateDevice", "vkAllocateMemory", "vkQueueSubmit"):
            self.assertEqual(statuses[call], {3}, call)

    def test_the_device_is_lost_in_any_call(self):
        self.assertEqual(set().union(*self.fail_calls("lost").values()), {0})

    def test_the_device_is_lost_again(self):
        statuses = self.fail_calls("lost+")
        self.assertEqual(statuses["vkQueueSubmit"], {3})

    def test_the_device_hangs_in_any_call(self):
        statuses = self.fail_calls("hang")
        self.assertEqual(set().union(*statuses.values()), {0})

    def test_memory_runs_out_in_any_call_of_a_network_with_vkfft(self):
        # Verdicts switch off all kernels but VkFFT's.
        done = self.run_command(VK_INSTANCE_LAYERS="VK_LAYER_GFNET_faulty", GFNET_TEST_FAULT="refused spectral",
                                GFNET_CHECK="on")
        self.assertEqual(done.returncode, 0, done.stderr)
        plan = subprocess.run([COMMAND, "plan", MODEL], capture_output=True, text=True,
                              env={**os.environ, "GFNET_CACHE": str(self.cache)})
        self.assertIn("VkFFT rfft2", plan.stdout)
        self.fail_calls("memory", first_and_last)

    def test_memory_runs_out_in_any_call_of_a_device_with_the_least_limits(self):
        # Its memory is not coherent, so flushing and invalidating can fail.
        statuses = self.fail_calls("memory", first_and_last, GFNET_LIMITS="minimum")
        self.assertIn("vkInvalidateMappedMemoryRanges", statuses)

    def test_one_of_two_devices_is_lost_in_any_call(self):
        def label(fail, name):
            return self.run_command("--device", "0,1", fail=fail, name=name, batch=2, GFNET_DEVICE="",
                                    VK_DRIVER_FILES=os.environ["GFNET_TEST_DRIVERS"],
                                    VK_ICD_FILENAMES=os.environ["GFNET_TEST_DRIVERS"])
        if ":" not in os.environ["GFNET_TEST_DRIVERS"]:
            self.skipTest("there is only one driver")
        label("", "warm")
        whole = label("0 lost", "lost")
        self.assertEqual(whole.returncode, 0, whole.stderr)
        calls = (self.folder / "lost.calls").read_text().split()
        for n in first_and_last(calls):
            done = label(f"{n} lost", f"lost-{n}")
            with self.subTest(n=n, call=calls[n - 1]):
                self.assertEqual((done.returncode, done.stdout), (0, whole.stdout), done.stderr)

    def test_what_is_said_when_memory_runs_out(self):
        _, calls = self.calls("memory")
        done = self.run_command(fail=f"{calls.index('vkAllocateMemory') + 1} memory")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stderr, r"gfnet: not enough memory on .+ for a batch of 4 images; continuing with 2 "
                                      r"\(vkAllocateMemory of \d+ bytes failed: VK_ERROR_OUT_OF_DEVICE_MEMORY")

    def test_memory_runs_out_for_one_image(self):
        done = self.run_command(GFNET_TEST_BUDGET="1000")
        if done.returncode == 0:
            self.skipTest("the device does not say its budget")
        self.assertEqual(done.returncode, 3)
        self.assertIn("there is not enough memory for one image", done.stderr)
        self.assertEqual(done.stderr.count("continuing with"), 2, done.stderr)  # 4, 2, 1

    def test_a_hang_limit_that_is_no_number(self):
        for value in ("abc", "0", "-1", "5s"):
            done = self.run_command(GFNET_HANG_SECONDS=value)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(f"GFNET_HANG_SECONDS is '{value}'", done.stderr)

    def test_what_is_said_when_the_device_is_lost(self):
        _, calls = self.calls("lost")
        done = self.run_command(fail=f"{calls.index('vkQueueSubmit') + 1} lost")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stderr, rf"gfnet: lost .+ while labelling {PHOTOS[0]} to {PHOTOS[3]}; continuing on it, "
                                      r"opened again \(vkQueueSubmit.+ failed: VK_ERROR_DEVICE_LOST")
        done = self.run_command(fail=f"{calls.index('vkQueueSubmit') + 1} lost+")
        self.assertEqual(done.returncode, 3)
        self.assertRegex(done.stderr, rf"VK_ERROR_DEVICE_LOST .+ on .+, for the second time, while labelling {PHOTOS[0]}")
        self.assertIn("stopped after 0 inputs", done.stderr)

    def test_the_budget_of_memory(self):
        whole, _ = self.calls("memory")
        if self.run_command(GFNET_TEST_BUDGET="1").returncode == 0:
            self.skipTest("the device does not say its budget")
        least = None  # budget in bytes
        for exponent in range(26, 16, -1):
            done = self.run_command(GFNET_TEST_BUDGET=str(2**exponent))
            if done.returncode == 0:
                self.assertEqual(done.stdout, whole)
                least = 2**exponent if "not enough memory" in done.stderr else least
            else:
                self.assertEqual(done.returncode, 3)
                self.assertIn(f"the system's budget leaves {2**exponent} bytes", done.stderr)
        self.assertIsNotNone(least, "no budget led to smaller batches")
        self.assertEqual(done.returncode, 3)

    def test_a_tensor(self):
        import numpy
        tensor = self.folder / "images.npy"
        numpy.save(tensor, numpy.random.default_rng(5).standard_normal((6, 3, 32, 32), numpy.float32))
        whole, calls = {}, {}
        for kind in ("memory", "lost"):
            for _ in range(2):
                done = self.run_command("--tensor", tensor, photos=(), fail=f"0 {kind}", name=kind)
            self.assertEqual(done.returncode, 0, done.stderr)
            whole[kind], calls[kind] = done.stdout, (self.folder / f"{kind}.calls").read_text().split()
        self.assertEqual(whole["memory"], whole["lost"])
        for kind, call, said in (("memory", "vkAllocateMemory", "continuing with [12]"), ("lost", "vkQueueSubmit", "opened again")):
            last = len(calls[kind]) - calls[kind][::-1].index(call)
            done = self.run_command("--tensor", tensor, photos=(), fail=f"{last} {kind}")
            self.assertEqual((done.returncode, done.stdout), (0, whole[kind]), done.stderr)
            self.assertRegex(done.stderr, said)


unittest.main()
