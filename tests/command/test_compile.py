"""gfnet plan --compile, on the driver under test and on RADV's null device.

The null device runs the real compiler for AMD GPUs without the hardware.
"""
import json
import subprocess
from collections import Counter
from pathlib import Path

from command import COMMAND, ENVIRONMENT, MODEL, CommandTest, main

RADV = [path for folder in ("/usr/share", "/usr/local/share", "/etc")
        for path in Path(folder, "vulkan/icd.d").glob("radeon_icd*.json")]
TILED = ("linear_tiled", "linear_tiled_f16", "linear_tiled_f16_f32", "linear_packed_f16",
         "linear_packed_f16_f32")


class Compile(CommandTest):
    def test_all_kernels_of_a_plan_compile(self):
        plan = json.loads(self.succeed("plan", MODEL, "--json").stdout)
        wanted = Counter((step["kernel"], tuple(step["specialization"])) for step in plan["steps"]
                         if "specialization" in step)
        compiled = json.loads(self.succeed("plan", MODEL, "--compile", "--json").stdout)
        self.assertEqual(wanted, {(entry["kernel"], tuple(entry["specialization"])): entry["steps"]
                                  for entry in compiled})
        text = self.succeed("plan", MODEL, "--compile").text
        for entry in compiled:
            self.assertNotIn("refusal", entry)
            self.assertIn(entry["kernel"], text)

    def test_option_all_kernels_needs_compile(self):
        self.fail_with(2, "--compile", "plan", "--all-kernels")


class NullDevice(CommandTest):
    def compiled_for(self, family, *args):
        """JSON of gfnet plan --compile for a GPU family, on RADV's null device.

        The driver may write to stderr. Validation is off: the layer may be older than the driver.
        """
        done = subprocess.run(
            [COMMAND, "plan", "--compile", "--json", *map(str, args)], capture_output=True,
            timeout=200, env={**ENVIRONMENT, "GFNET_VALIDATION": "0", "GFNET_DEVICE": "",
                              "RADV_FORCE_FAMILY": family, "VK_DRIVER_FILES": str(RADV[0]),
                              "VK_ICD_FILENAMES": str(RADV[0])})
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def setUp(self):
        if not RADV:
            self.skipTest("RADV is not installed (Debian and Ubuntu: apt install mesa-vulkan-drivers)")

    def check_figures(self, entry):
        figures = {figure["name"]: figure["value"] for figure in entry["figures"]}
        self.assertGreater(int(figures["VGPRs"]), 0, entry)
        self.assertGreater(int(figures["Code size"]), 0, entry)
        self.assertIn(int(figures["Subgroup size"]), (32, 64), entry)
        for figure in ("Spilled VGPRs", "Spilled SGPRs", "Scratch size"):
            # Made for software drivers: it keeps whole planes in private memory on purpose.
            if figure == "Scratch size" and entry["kernel"].startswith("spectral_filter_private"):
                continue
            # Two unrolled 16-point transforms: scalars that do not fit go to lanes of vector registers,
            # not to memory.
            most = 32 if figure == "Spilled SGPRs" and entry["kernel"].startswith("spectral_bins") else 0
            self.assertLessEqual(int(figures[figure]), most, (figure, entry))
        return figures

    def test_plans_compile_without_spills(self):
        for family in ("navi31", "navi21", "vega10"):
            with self.subTest(family=family):
                compiled = self.compiled_for(family, "--precision", "fp32", MODEL)
                self.assertIn("layer_norm", {entry["kernel"] for entry in compiled})
                for entry in compiled:
                    self.check_figures(entry)

    def test_fp16_uses_matrix_units_where_available(self):
        for family, kernel in (("navi31", "linear_matrix"), ("navi21", "linear_packed_f16")):
            with self.subTest(family=family):
                compiled = self.compiled_for(family, "--precision", "fp16", MODEL)
                kernels = {entry["kernel"] for entry in compiled}
                if family == "navi31" and not any("_matrix" in name for name in kernels):
                    self.skipTest("no cooperative matrices in this RADV or shader compiler")
                self.assertIn(kernel, kernels)
                for entry in compiled:
                    self.check_figures(entry)

    def test_all_kernels_compile_without_spills(self):
        for family in ("navi31", "navi21"):
            with self.subTest(family=family):
                compiled = self.compiled_for(family, "--all-kernels")
                self.assertEqual(set(TILED) - {entry["kernel"] for entry in compiled}, set())
                for entry in compiled:
                    is_matrix = "_matrix" in entry["kernel"]
                    if is_matrix and (family == "navi21" or "refusal" in entry):
                        self.assertIn("cooperative matrices", entry["refusal"])
                    else:
                        self.check_figures(entry)

    def test_matrix_kernels_get_the_subgroup_size_they_specify(self):
        entries = [entry for entry in self.compiled_for("navi31", "--all-kernels")
                   if "_matrix" in entry["kernel"]]
        if not entries:
            self.skipTest("the shader compiler does not know GL_KHR_cooperative_matrix")
        if any("refusal" in entry for entry in entries):
            self.skipTest("this RADV has no cooperative matrices")
        self.assertEqual({entry["specialization"][0] for entry in entries}, {32, 64})
        for entry in entries:
            self.assertEqual(int(self.check_figures(entry)["Subgroup size"]),
                             entry["specialization"][0])


if __name__ == "__main__":
    main()
