"""Drivers with faults of all kinds: found by the check, switched off or reported, and the labels stay right.

The faults are made by a Vulkan layer (faulty_layer.cpp) between the engine and a driver without faults.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

COMMAND = os.environ["GFNET_COMMAND"]
ROOT = Path(__file__).resolve().parents[2]
LAYERS = sys.argv.pop(1)
MODEL = ROOT / "tests" / "data" / "reference" / "flat-8x8-32px.pth"
PHOTOS = ROOT / "weights" / "photos"


class Faults(unittest.TestCase):
    # Enough for a driver that compiles slowly; cases that wait for it set a shorter one.
    limit = {"GFNET_CHECK_SECONDS": "60"}

    def setUp(self):
        self.cache = tempfile.mkdtemp(prefix="gfnet-faults-")
        self.addCleanup(shutil.rmtree, self.cache, ignore_errors=True)

    def run_command(self, *args, fault="", command=(COMMAND,), **environment):
        return subprocess.run(
            [*map(str, command), *map(str, args)], capture_output=True, text=True, timeout=400,
            env={**os.environ, "GFNET_CACHE": self.cache, "GFNET_CHECK": "on", **self.limit,
                 "VK_LAYER_PATH": LAYERS, "VK_INSTANCE_LAYERS": "VK_LAYER_GFNET_faulty",
                 "GFNET_TEST_FAULT": fault, **environment})

    def classify(self, fault="", tune="auto", **environment):
        """Labels of the photographs, one a line, and what was written to stderr."""
        done = self.run_command("classify", "--model", MODEL, "--top", 1, "--tune", tune, PHOTOS, fault=fault,
                                **environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = [row.split(",")[:3] for row in done.stdout.splitlines()]
        self.assertEqual(len(rows), 7)
        return rows, done.stderr

    def kernels(self, fault):
        plan = json.loads(self.run_command("plan", MODEL, "--batch", 4, "--json", fault=fault).stdout)
        return {step["kernel"] for step in plan["steps"]}

    def check(self, fault, result, instead):
        """Checks that the faulty shaders are switched off, once and for all, and the labels stay right."""
        shader = fault.split(" ")[1]
        without, _ = self.classify(GFNET_CHECK="off", GFNET_CACHE=self.cache + "/none")
        rows, said = self.classify(fault)
        self.assertEqual(rows, without)
        self.assertIn(f"{shader}", said)
        self.assertIn(f"({result})", said)
        self.assertIn("switched off", said)
        kernels = self.kernels(fault)
        self.assertFalse([kernel for kernel in kernels if kernel.startswith(shader)], kernels)
        self.assertIn(instead, kernels)
        # The verdict is kept, and the user is told once.
        rows, said = self.classify(fault)
        self.assertEqual(rows, without)
        self.assertNotIn("switched off", said)

    def test_a_wrong_product(self):
        self.check("wrong linear_broadcast", "wrong", "linear")

    def test_a_wrong_filter(self):
        self.check("wrong spectral_filter_lanes", "wrong", "spectral_filter_private")

    def test_wrong_statistics(self):
        self.check("wrong token_statistics_texels", "wrong", "token_statistics")

    def test_results_that_come_and_go(self):
        self.check("unsteady token_statistics_texels", "unsteady", "token_statistics")

    def test_a_pipeline_that_the_driver_refuses(self):
        self.check("refused spectral_filter_lanes", "refused", "spectral_filter_private")

    def test_a_compiler_that_crashes(self):
        self.check("crash spectral_filter_lanes", "crashed", "spectral_filter_private")

    def test_a_compiler_that_hangs(self):
        self.limit = {"GFNET_CHECK_SECONDS": "5"}
        self.check("hang token_statistics_texels", "hung", "token_statistics")

    def test_recording_that_aborts(self):
        self.check("abort token_statistics_texels", "crashed", "token_statistics")

    def test_a_device_that_is_lost(self):
        self.check("lost spectral_filter_lanes", "crashed", "spectral_filter_private")

    def test_a_kernel_that_never_ends(self):
        self.limit = {"GFNET_CHECK_SECONDS": "5"}
        self.check("endless token_statistics_texels", "hung", "token_statistics")

    def test_all_kernels_of_a_filter_are_wrong(self):
        self.check("wrong spectral_filter", "wrong", "spectral_line_texels")

    def test_a_command_that_was_started_by_a_dynamic_loader(self):
        # As bundles of a program and its libraries start it: /proc/self/exe is the loader.
        loader = Path("/lib64/ld-linux-x86-64.so.2")
        if not loader.exists():
            self.skipTest(f"no {loader}")
        command = (loader, "--library-path", "/nowhere", COMMAND)
        done = self.run_command("classify", "--model", MODEL, PHOTOS / "cat.jpg", command=command,
                                fault="crash token_statistics_texels")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("token_statistics_texels (crashed)", done.stderr)

    def test_candidates_of_the_tuner_are_checked_before_they_run(self):
        # The bundled model: the small ones have too little work to be tuned.
        def label(fault, **environment):
            done = self.run_command("classify", "--tune", "always", "--batch", 1, PHOTOS / "cat.jpg", fault=fault,
                                    **environment)
            self.assertEqual(done.returncode, 0, done.stderr)
            return done.stdout, done.stderr

        fault = "crash linear$"  # the plain kernel, which the rule does not choose
        without, _ = label("", GFNET_CHECK="off", GFNET_CACHE=self.cache + "/none")
        rows, said = label(fault)
        self.assertEqual(rows.split(",")[:12], without.split(",")[:12])
        self.assertIn("linear 8×1 (crashed)", said)
        again, said = label(fault)
        self.assertEqual(again, rows)
        self.assertEqual(said.count("gfnet:"), 0, said)

    def test_off_neither_checks_nor_uses_verdicts(self):
        fault = "refused token_statistics_texels"
        self.classify(fault)
        self.assertIn("token_statistics", self.kernels(fault))
        plan = self.run_command("plan", MODEL, "--json", fault=fault, GFNET_CHECK="off")
        self.assertIn("token_statistics_texels", plan.stdout)
        done = self.run_command("classify", "--model", MODEL, PHOTOS / "cat.jpg", fault=fault, GFNET_CHECK="off")
        self.assertEqual(done.returncode, 3)
        self.assertNotIn("switched off", done.stderr)

    def test_software_drivers_are_checked_only_on_request(self):
        self.classify(GFNET_CHECK="")
        self.assertEqual(list(Path(self.cache).glob("verdicts-*.bin")), [])

    def refused(self, fault, shader):
        """Checks that nothing is labelled, because nothing can take the place of the shader."""
        for _ in range(2):
            done = self.run_command("classify", "--model", MODEL, PHOTOS / "cat.jpg", fault=fault)
            self.assertEqual(done.returncode, 3, done.stderr)
            self.assertNotIn("cat.jpg,", done.stdout)
            self.assertIn(shader, done.stderr)
            self.assertIn("gfnet check", done.stderr)

    def test_an_operation_without_another_kernel(self):
        self.refused("wrong layer_norm", "layer_norm")

    def test_wrong_preprocessing(self):
        self.refused("wrong resize_vertical", "resize of bytes")

    def test_no_memory_says_nothing_about_a_kernel(self):
        done = self.run_command("classify", "--model", MODEL, PHOTOS / "cat.jpg", fault="memory layer_norm")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("MEMORY", done.stderr)
        self.classify()

    def test_a_query_for_matrix_shapes_that_crashes(self):
        self.query("query-crash", "crashed")

    def test_a_query_for_matrix_shapes_that_hangs(self):
        self.limit = {"GFNET_CHECK_SECONDS": "5"}
        self.query("query-hang", "hung")

    def query(self, fault, result):
        without, _ = self.classify(GFNET_CHECK="off", GFNET_CACHE=self.cache + "/none")
        rows, said = self.classify(fault)
        self.assertEqual(rows, without)
        self.assertIn(f"query of matrix shapes {result}", said)
        _, said = self.classify(fault)
        self.assertNotIn("matrix", said)

    def test_check_reports_faults_and_ends(self):
        done = self.run_command("check", MODEL, "--json", fault="crash token_statistics_texels")
        self.assertEqual(done.returncode, 3, done.stderr)
        report = json.loads(done.stdout)
        found = {kernel["kernel"]: kernel["result"] for kernel in report["kernels"]
                 if kernel["result"] != "right"}
        self.assertEqual(found, {"token_statistics_texels": "crashed"})
        self.assertIn("token_statistics", {kernel["kernel"] for kernel in report["kernels"]})
        # Plans use the verdict; the fault is gone after an update, and a new check clears it.
        self.assertIn("token_statistics", self.kernels(""))
        self.assertEqual(self.run_command("check", MODEL).returncode, 0)
        self.assertIn("token_statistics_texels", self.kernels(""))

    def test_a_damaged_file_of_verdicts_is_ignored(self):
        self.classify()
        path, = Path(self.cache).glob("verdicts-*.bin")
        for content in (b"", b"gfnetc01", path.read_bytes()[:-1] + b"!"):
            path.write_bytes(content)
            _, said = self.classify()
            self.assertIn(f"{path}", said)
            self.assertIn("rebuilt", said)


unittest.main()
