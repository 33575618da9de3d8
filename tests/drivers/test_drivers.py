"""gfnet on the real drivers of some GPUs that are not here: everything compiles, nothing runs."""
import unittest

import checkpoints
import device_table
import jobs
import products
from tested_machine import tested_machine

# Devices of three vendors. Their drivers spilled nothing when this was written.
DEVICES = ("radv-navi31", "nvk-ada-4090", "turnip-a740")
LIMIT = 200  # seconds for one run
TILED = {"linear_tiled", "linear_tiled_f16", "linear_tiled_f16_f32", "linear_packed_f16", "linear_packed_f16_f32"}

MACHINE = tested_machine()


class DriverTest(unittest.TestCase):
    def compiled(self, name, *arguments):
        """JSON of gfnet plan --compile on a device. Always compiles anew."""
        device = device_table.choose(device_table.read(), [name])[0]
        job = jobs.Job("test", ("plan", "--compile", "--json", *arguments))
        outcome = jobs.run(MACHINE, device, job, LIMIT)
        self.assertEqual(outcome["status"], 0, outcome["stderr"])
        return outcome["output"]

    def check_summary(self, entry):
        summary = {title: int(value) for title, value in entry["summary"].items()}
        self.assertEqual(summary["spilled"], 0, entry)
        self.assertGreater(summary["registers"], 0, entry)
        self.assertGreater(summary["code B"], 0, entry)
        return summary


class EveryVendor(DriverTest):
    def test_plans_compile_without_spills(self):
        for name in DEVICES:
            for precision in jobs.PRECISIONS:
                with self.subTest(device=name, precision=precision):
                    compiled = self.compiled(name, "--precision", precision, "--batch", "8", str(checkpoints.BUNDLED))
                    self.assertGreater(len(compiled), 5)
                    for entry in compiled:
                        self.assertNotIn("refusal", entry)
                        self.check_summary(entry)

    def test_every_driver_says_how_much_fits_a_core(self):
        for name in DEVICES:
            with self.subTest(device=name):
                for entry in self.compiled(name, str(checkpoints.BUNDLED)):
                    occupancy = [title for title in entry["summary"] if title.startswith("subgroups/")]
                    self.assertEqual(len(occupancy), 1, entry["summary"])


class Radv(DriverTest):
    """Names of RADV's own statistics, and its kernels for matrix units."""

    def check_figures(self, entry):
        figures = {figure["name"]: figure["value"] for figure in entry["figures"]}
        self.assertIn(int(figures["Subgroup size"]), (32, 64), entry)
        for figure in ("Spilled VGPRs", "Spilled SGPRs", "Scratch size"):
            # Made for software drivers: it keeps whole planes in private memory on purpose.
            if figure == "Scratch size" and entry["kernel"].startswith("spectral_filter_private"):
                continue
            # Two unrolled 16-point transforms: scalars that do not fit go to lanes of vector registers,
            # not to memory.
            most = 32 if figure == "Spilled SGPRs" and entry["kernel"].startswith("spectral_bins") else 0
            self.assertLessEqual(int(figures[figure]), most, (figure, entry))
        self.check_summary(entry)
        return figures

    def test_the_driver_is_asked_for_matrix_units(self):
        device = device_table.choose(device_table.read(), ["radv-navi31"])[0]
        outcome = jobs.run(MACHINE, device, jobs.DESCRIBE, LIMIT)
        self.assertIn([16, 16, 16], outcome["output"][0]["matrix_shapes"])

    def test_fp16_uses_matrix_units_where_available(self):
        for name, kernel in (("radv-navi31", "linear_matrix"), ("radv-navi21", "linear_packed_f16")):
            with self.subTest(device=name):
                compiled = self.compiled(name, "--precision", "fp16", str(checkpoints.BUNDLED))
                kernels = {entry["kernel"] for entry in compiled}
                if name == "radv-navi31" and not any("_matrix" in kernel for kernel in kernels):
                    self.skipTest("the shader compiler does not know GL_KHR_cooperative_matrix")
                self.assertIn(kernel, kernels)
                for entry in compiled:
                    self.check_figures(entry)

    def test_matrix_units_are_busy_for_at_least_half_of_the_loop_of_fc1(self):
        device = device_table.choose(device_table.read(), ["radv-navi31"])[0]
        cycles = products.MATRIX_CYCLES["navi31"]
        for batch in products.BATCHES:
            step, made, _, shader = products.kernels_of_block(MACHINE, device, batch, LIMIT)[0]
            self.assertEqual((step, made["kernel"]), ("mlp.fc1", "linear_matrix"))
            self.assertGreater(products.share_of_matrix(shader.inner_loop, cycles)[0], 0.5)

    def test_all_kernels_compile_without_spills(self):
        for name in ("radv-navi31", "radv-navi21"):
            with self.subTest(device=name):
                compiled = self.compiled(name, "--all-kernels")
                self.assertEqual(TILED - {entry["kernel"] for entry in compiled}, set())
                for entry in compiled:
                    if name == "radv-navi21" and "_matrix" in entry["kernel"]:
                        self.assertIn("cooperative matrices", entry["refusal"])
                    else:
                        self.check_figures(entry)

    def test_matrix_kernels_get_the_subgroup_size_they_specify(self):
        entries = [entry for entry in self.compiled("radv-navi31", "--all-kernels") if "_matrix" in entry["kernel"]]
        if not entries:
            self.skipTest("the shader compiler does not know GL_KHR_cooperative_matrix")
        self.assertEqual({entry["specialization"][0] for entry in entries}, {32, 64})
        for entry in entries:
            self.assertEqual(int(self.check_figures(entry)["Subgroup size"]), entry["specialization"][0])


if __name__ == "__main__":
    unittest.main()
