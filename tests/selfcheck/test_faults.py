"""Drivers with faults of all kinds: found by the check, switched off or reported, and the labels stay right."""
import json
import re
import subprocess
import unittest
from pathlib import Path

from faulty_driver import COMMAND, LAYERS, MODEL, PHOTOS, FaultyDriver

VALIDATION = Path("/usr/share/vulkan/explicit_layer.d")


class Faults(FaultyDriver):
    def check(self, fault, result, instead):
        """Checks that the faulty shaders are switched off, once and for all, and the labels stay right."""
        shader = fault.split(" ")[1]
        without, _ = self.classify(GFNET_CHECK="off", GFNET_CACHE=self.cache + "/none")
        rows, said = self.classify(fault)
        self.assertEqual(rows, without)
        self.assertIn(f"{shader}", said)
        self.assertIn(f"({result})", said)
        self.assertRegex(said, r"switched off: .*; gfnet check --seed \d+ gives a report")
        self.assertEqual(self.marks(), [])
        kernels = self.kernels(fault)
        self.assertFalse([kernel for kernel in kernels if kernel.startswith(shader)], kernels)
        self.assertTrue([kernel for kernel in kernels if kernel.startswith(instead)], kernels)
        # The verdict is kept, and the user is told once.
        rows, said = self.classify(fault)
        self.assertEqual(rows, without)
        self.assertNotIn("switched off", said)

    def test_a_wrong_product(self):
        if "linear_broadcast" not in self.kernels(""):  # without subgroups, nothing can take its place
            self.refused("wrong linear$", "linear")
        else:
            self.check("wrong linear_broadcast", "wrong", "linear")

    def test_a_wrong_filter(self):
        self.check("wrong spectral_filter_private", "wrong", "spectral_filter_lanes")

    def test_wrong_statistics(self):
        self.check("wrong token_statistics_texels", "wrong", "token_statistics")

    def test_results_that_come_and_go(self):
        self.check("unsteady token_statistics_texels", "unsteady", "token_statistics")

    def test_a_pipeline_that_the_driver_refuses(self):
        self.check("refused spectral_filter_private", "refused", "spectral_filter_lanes")

    def test_a_compiler_that_crashes(self):
        self.check("crash spectral_filter_private", "crashed", "spectral_filter_lanes")

    def test_a_compiler_that_hangs(self):
        self.limit = self.shorter
        self.check("hang token_statistics_texels", "hung", "token_statistics")

    def test_recording_that_aborts(self):
        self.check("abort token_statistics_texels", "crashed", "token_statistics")

    def test_a_device_that_is_lost(self):
        self.check("lost spectral_filter_private", "crashed", "spectral_filter_lanes")

    def test_a_kernel_that_never_ends(self):
        self.limit = self.shorter
        self.check("endless token_statistics_texels", "hung", "token_statistics")

    def test_all_kernels_of_a_filter_are_wrong(self):
        self.check("wrong spectral_filter", "wrong", "spectral_line")

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

        if "linear_broadcast" not in self.kernels(""):
            self.skipTest("the plain kernel is this device's only one for products")
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

    def test_an_operation_without_another_kernel(self):
        self.refused("wrong layer_norm", "layer_norm")

    def test_wrong_preprocessing(self):
        self.refused("wrong resize_vertical", "resize of bytes")

    def test_no_memory_says_nothing_about_a_kernel(self):
        done = self.run_command("classify", "--model", MODEL, PHOTOS / "cat.jpg", fault="memory layer_norm")
        self.assertEqual(done.returncode, 3)
        self.assertIn("MEMORY", done.stderr)
        self.classify()

    def test_a_query_for_matrix_shapes_that_crashes(self):
        self.query("query-crash", "crashed")

    def test_a_query_for_matrix_shapes_that_hangs(self):
        self.limit = self.shorter
        self.query("query-hang", "hung")

    def query(self, fault, result):
        without, _ = self.classify(GFNET_CHECK="off", GFNET_CACHE=self.cache + "/none")
        rows, said = self.classify(fault)
        self.assertEqual(rows, without)
        if not self.has_halves():  # no kernel could use the shapes, so no driver is asked
            self.assertNotIn("matrix", said)
            return
        self.assertIn(f"query of matrix shapes {result}", said)
        _, said = self.classify(fault)
        self.assertNotIn("matrix", said)

    def test_networks_that_are_wrong_from_end_to_end(self):
        # Each kernel is right. Without halves, everything is.
        if not self.has_halves():
            self.skipTest("the device has no halves")
        fault = "long linear_broadcast_f16"
        done = self.run_command("check", "--json", fault=fault)
        self.assertEqual(done.returncode, 3, done.stderr)
        found = {kernel["kernel"]: kernel["result"] for kernel in json.loads(done.stdout)["kernels"]
                 if kernel["result"] != "right"}
        self.assertEqual(found, {"flat network fp16": "wrong", "pyramid network fp16": "wrong"})
        without, _ = self.classify(GFNET_CHECK="off", GFNET_CACHE=self.cache + "/none")
        self.assertEqual(self.classify(fault)[0], without)
        half = ("classify", "--model", MODEL, "--precision", "fp16", PHOTOS / "cat.jpg")
        done = self.run_command(*half, fault=fault)
        self.assertEqual(done.returncode, 3)
        self.assertIn("networks in half precision, which this driver computes wrongly", done.stderr)
        self.assertIn("gfnet check", done.stderr)
        self.assertEqual(self.run_command(*half, fault=fault, GFNET_CHECK="off").returncode, 0)

    def has_halves(self):
        device, = json.loads(self.run_command("devices", "--json").stdout)
        return device["fp16_arithmetic"]

    def test_check_tries_the_query_again(self):
        if not self.has_halves():
            self.skipTest("no kernel could use matrix shapes, so no driver is asked")
        _, said = self.classify("query-crash")
        self.assertIn("query of matrix shapes crashed", said)
        # The driver was mended, and its version is the same.
        done = self.run_command("check", "--json", fault="query-none")
        self.assertEqual(done.returncode, 0, done.stderr)
        found = {kernel["kernel"]: kernel["result"] for kernel in json.loads(done.stdout)["kernels"]}
        self.assertEqual(found["query of matrix shapes"], "right")
        self.assertNotIn("matrix", self.classify("query-none")[1])
        # And the other way round.
        done = self.run_command("check", fault="query-crash")
        self.assertEqual(done.returncode, 3)
        self.assertRegex(done.stdout, "query of matrix shapes +crashed")
        self.assertIn("1 not right", done.stdout)

    def test_networks_are_right_again_after_the_only_kernel_of_an_operation(self):
        self.refused("wrong layer_norm", "layer_norm")
        done = self.run_command("check", MODEL, "--json")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertTrue(json.loads(done.stdout)["all_right"])
        self.classify()

    def test_another_device_in_the_helper_is_refused(self):
        with subprocess.Popen([COMMAND, "check-child"], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) as helper:
            helper.stdin.write("device\t0\nkey\tanother one\nend\t\n")
            helper.stdin.flush()  # and stays open: with its end, the helper ends
            said = helper.stdout.read()
        self.assertRegex(said, "failed\t0\tcheck: device 0 .*, not the device that is to be checked")
        self.assertNotIn("done", said)

    def test_validation_messages_of_helpers_are_reported(self):
        if not (VALIDATION / "VkLayer_khronos_validation.json").exists():
            self.skipTest("the validation layer is not installed")
        done = self.run_command("check", "--json", fault="message layer_norm$", GFNET_VALIDATION="1",
                                VK_LAYER_PATH=f"{LAYERS}:{VALIDATION}")
        self.assertIn("gfnet: validation: a message of a test", done.stderr)
        self.assertTrue(json.loads(done.stdout)["all_right"])
        self.assertEqual(done.returncode, 3)

    def test_check_repeats_what_the_first_use_of_a_model_has_found(self):
        # At the model's sizes, which are not among those of gfnet check.
        fault = "wrong token_statistics_texels"
        self.classify(fault)
        _, said = self.classify(fault, GFNET_LOG="info")
        found = re.search(r"token_statistics_texels.*, which is wrong at (.+) \(gfnet check --seed (\d+) repeats", said)
        self.assertTrue(found, said)
        sizes, seed = found.groups()
        done = self.run_command("check", "--json", "--seed", seed, fault=fault)
        self.assertEqual(done.returncode, 3, done.stderr)
        repeated, = [kernel for kernel in json.loads(done.stdout)["kernels"] if kernel["result"] != "right"]
        self.assertEqual((repeated["kernel"], repeated["result"], repeated["sizes"]),
                         ("token_statistics_texels", "wrong", sizes))

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
        done = self.run_command("check", MODEL, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("token_statistics_texels", self.kernels(""))
        # The kernel came last, and then the networks ran with it.
        problems = {kernel["kernel"]: kernel["problems"] for kernel in json.loads(done.stdout)["kernels"]}
        self.assertGreater(problems["token_statistics_texels"], 0)
        self.assertEqual(problems["flat network fp32"], 1)

    def test_a_damaged_file_of_verdicts_is_ignored(self):
        self.classify()
        path, = Path(self.cache).glob("verdicts-*.bin")
        for content in (b"", b"gfnetc01", path.read_bytes()[:-1] + b"!"):
            path.write_bytes(content)
            _, said = self.classify()
            self.assertIn(f"{path}", said)
            self.assertIn("rebuilt", said)


unittest.main()
