"""Ratios, formatted numbers, file names, and the report of an invented measurement."""
import unittest

import machine
import ratios
import report
import tables


def turns(*medians):
    return [{"runs": 1, "median_s": value, "min_s": value / 2} for value in medians]


def row(name, title, *medians):
    return {"name": name, "title": title, "versions": {}, "precision": "fp32", "relative_error": 1e-6, "inexact": False,
            "rounds": turns(*medians)}


def narrow_row():
    return {**row("narrow", "Narrow", 0.01, 0.02, 0.04), "versions": {"narrow": "3"}, "precision": "bf16",
            "relative_error": 0.002, "inexact": True}


def wrong_row(error):
    return {"name": "bad", "title": "Bad", "versions": {"bad": "1"}, "precision": "fp32", "relative_error": error}


def measurement():
    flops = 2e9
    comparison = {
        "batch": 2, "precision": "fp32",
        "rows": [row("engine", "this engine", 0.1, 0.2, 0.4), row("slow", "Slow | wide", 0.2, 0.6, 0.8),
                 row("fast", "Fast", 0.05, 0.1, 0.1), narrow_row()],
        "wrong": [wrong_row(0.25), wrong_row(None)],
        "absent": [{"name": "gone", "title": "Gone", "reason": "no such package"}]}
    bench = {
        "model": {"precision": "fp32"},
        "ceilings": {"fp32_flops_per_second": 40e9, "fp16_flops_per_second": None, "copy_bytes_per_second": 8e9},
        "throughput": [{"batch": 2, "median_s": 0.2, "min_s": 0.1, "images_per_second": 10.0,
                        "flops_per_second": 20e9}],
        "latency": {"median_s": 0.05, "p95_s": 0.06, "min_s": 0.04},
        "kernels": {"batch": 2, "runs": 3, "wall_s": 0.21, "steps": [], "by_kernel": [
            {"name": "linear", "kernel": "linear", "steps": 24, "seconds": 0.15, "flops_per_second": 12e9,
             "bytes_per_second": 3e9, "bound": "compute", "share": 0.3},
            {"name": "norm", "kernel": "norm", "steps": 12, "seconds": 0.05, "flops_per_second": 1e9,
             "bytes_per_second": 6e9, "bound": "memory", "share": 0.75}]},
        "spectral": [{"grid": [14, 15], "channels": 384, "batch": 8, "runs": 3, "ways": [
            {"name": "fused", "median_s": 0.002, "min_s": 0.001, "over_first": 1, "over_copy": 1.6},
            {"name": "vkfft", "median_s": 0.005, "min_s": 0.004, "over_first": 2.4, "over_copy": 3.9},
            {"name": "new way", "median_s": 0.003, "min_s": 0.003, "over_first": 1.5, "over_copy": 2.4}]}],
        "startup": {"pipelines_s": 0.5, "pipelines": 7, "pipeline_cache_loaded": True},
        "memory": {"weights_bytes": 61 << 20}}
    return {
        "date": "2031-02-03", "version": "9.9",
        "machine": {"cpu": "Some CPU", "cores": 4, "memory_bytes": 8 << 30, "system": "Some System 1"},
        "device": {"name": "Some GPU (NOTE)", "type": "discrete", "driver": "some driver", "api_version": "1.3.0"},
        "model": {"name": "gfnet-xs", "input": [3, 224, 224], "classes": 1000, "parameters": 16_000_000,
                  "macs": flops / 2},
        "bench": [bench], "scaling": None, "comparisons": [ratios.summarize(comparison, flops)]}


class RatiosTest(unittest.TestCase):
    def test_ratio_is_taken_within_a_round(self):
        # The machine slows down fourfold: the ratio of the medians is 3, the median of the ratios 2.
        slow = ratios.ratios(turns(0.2, 0.6, 0.8), turns(0.1, 0.2, 0.4))
        self.assertEqual(slow["median"], 2)
        self.assertAlmostEqual(slow["most"], 3)
        self.assertEqual(slow["least"], 2)
        with self.assertRaises(ValueError):
            ratios.ratios(turns(1, 2), turns(1))

    def test_round(self):
        self.assertEqual(ratios.round_of([3, 1, 2]), {"runs": 3, "median_s": 2, "min_s": 1, "seconds": [3, 1, 2]})

    def test_summary(self):
        comparison = measurement()["comparisons"][0]
        engine, slow, fast, _ = (entry["summary"] for entry in comparison["rows"])
        self.assertEqual(engine["over_engine"], {"median": 1, "least": 1, "most": 1})
        self.assertEqual((engine["median_s"], engine["min_s"]), (0.2, 0.05))
        self.assertAlmostEqual(engine["images_per_second"], 10)
        self.assertAlmostEqual(engine["flops_per_second"], 20e9)
        self.assertEqual((slow["over_engine"]["median"], fast["over_engine"]["median"]), (2, 0.5))
        self.assertEqual(ratios.best_peer(comparison)["name"], "fast")
        self.assertIsNone(ratios.best_peer({"rows": comparison["rows"][:1]}))


class TextTest(unittest.TestCase):
    def test_numbers(self):
        for value, text in ((0, "0"), (1234.5, "1234"), (12.345, "12.3"), (1.5, "1.50"), (0.012345, "0.0123"),
                            (1e-7, "1.0e-07"), (-12.345, "-12.3"), (999.6, "1000"), (9.999, "10.00")):
            self.assertEqual(tables.number(value), text)

    def test_units_follow_from_keys(self):
        for key, value, heading, cell in (
                ("fp32_flops_per_second", 83e9, "fp32 FLOP/s", "83.0 G"),
                ("copy_bytes_per_second", 2e12, "copy B/s", "2.00 T"), ("images_per_second", 12.0, "images/s", "12.0"),
                ("peak_bytes", 61 << 20, "peak", "61.0 MiB"), ("total_s", 0.0125, "total time", "12.5 ms"),
                ("pipelines", 11, "pipelines", "11"), ("loaded", False, "loaded", "no"), ("x_s", None, "x time", "")):
            self.assertEqual((tables.heading(key), tables.cell(key, value)), (heading, cell))

    def test_slug(self):
        for name, slug in (("llvmpipe (LLVM 15.0.6, 256 bits)", "llvmpipe"), ("NVIDIA H200", "nvidia-h200"),
                           ("AMD Radeon RX 7900 XTX (RADV NAVI31)", "amd-radeon-rx-7900-xtx"),
                           ("Intel(R) Arc(TM) A770 Graphics (DG2)", "intel-arc-a770-graphics"),
                           ("../etc (x)", "etc"), ("(Odd)", "odd"), ("", "device")):
            self.assertEqual(machine.slug(name), slug)

    def test_facts_contain_no_host_and_no_path(self):
        self.assertEqual(set(machine.facts()), {"cpu", "cores", "memory_bytes", "system"})
        self.assertGreater(machine.cores(), 0)


class ReportTest(unittest.TestCase):
    maxDiff = None

    def test_comparison(self):
        text = report.render(measurement())
        self.assertIn("# Some GPU (NOTE)\n", text)
        self.assertIn("- not measured: Gone: no such package", text)
        rows = text[text.index("| software |"):text.index("- not measured")].strip().splitlines()
        self.assertEqual(rows, [
            "| software | precision | median | minimum | images/s | FLOP/s | vs. this engine | error |",
            "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
            "| Narrow (narrow 3) | bf16 | 20.0 ms | 5.00 ms | 100 | 200 G | 0.10 (0.10 to 0.10) | 2e-03, inexact |",
            "| Fast | fp32 | 100 ms | 25.0 ms | 20.0 | 40.0 G | 0.50 (0.25 to 0.50) | 1e-06 |",
            "| this engine | fp32 | 200 ms | 50.0 ms | 10.0 | 20.0 G | 1 | 1e-06 |",
            "| Slow \\| wide | fp32 | 600 ms | 100 ms | 3.33 | 6.67 G | 2.00 (2.00 to 3.00) | 1e-06 |",
            "| Bad (bad 1) | fp32 | — | — | — | — | — | 2e-01, wrong |",
            "| Bad (bad 1) | fp32 | — | — | — | — | — | not finite, wrong |"])

    def test_floor(self):
        # 4 GFLOP at 40 GFLOP/s is more than 66 MB at 8 GB/s.
        self.assertIn("| batch 2, fp32 | 4.00 G | 62.2 MiB | 100 ms | 200 ms, 2.00× | 100 ms, 1.00× | Fast |",
                      report.render(measurement()))

    def test_bench(self):
        text = report.render(measurement())
        for line in ("| fp32 | 2 | 200 ms | 100 ms | 10.0 | 20.0 G | 50 % |", "| fp32 | 50.0 ms | 60.0 ms | 40.0 ms |",
                     "| linear | 24 | 150 ms | 75.0 % | 12.0 G | 3.00 GB | compute | 30 % |",
                     "200 ms in kernels, 210 ms from submission to results.", "| pipelines time | 500 ms |",
                     "| 14×15×384 | one kernel, plus the tokens' statistics | 8 | 2.00 ms | 1.00 ms | 1.00× | 1.60× |",
                     "| 14×15×384 | normalisation, VkFFT, product, VkFFT | 8 | 5.00 ms | 4.00 ms | 2.40× | 3.90× |",
                     "| 14×15×384 | new way | 8 | 3.00 ms | 3.00 ms | 1.50× | 2.40× |",
                     "| pipelines | 7 |", "| pipeline cache loaded | yes |", "| weights | 61.0 MiB |"):
            self.assertIn(line + "\n", text)

    def test_sections_without_figures_are_left_out(self):
        whole = measurement()
        bare = dict(whole, bench=[{"model": {"precision": "fp32"}}], comparisons=[])
        self.assertEqual([line for line in report.render(bare).splitlines() if line.startswith("##")], [])
        self.assertNotIn("Resolution", report.render(whole))

    def test_scaling(self):
        whole = measurement()
        point = {"grid": "28×28", "tokens": 784, "spectral_kernel": "kernel", "spectral_runs": 5, "spectral_s": 0.004,
                 "spectral_per_token_ns": 5102.0, "spectral_growth": 1.0, "block_runs": 5, "block_s": 0.05,
                 "block_peak_bytes": 12 << 20}
        larger = dict(point, grid="56×56", tokens=3136, spectral_growth=1.25, block_s=None, block_peak_bytes=None)
        whole["scaling"] = {"channels": 384, "batch": 1, "precision": "fp32", "scaling": [point, larger]}
        text = report.render(whole)
        self.assertIn("One block of 384 channels, batch 1, fp32", text)
        self.assertIn("| grid | tokens | spectral kernel | spectral time | spectral per token | spectral growth | "
                      "block time | block peak |\n", text)
        self.assertIn("| 28×28 | 784 | kernel | 4.00 ms | 5102 ns | 1.00× | 50.0 ms | 12.0 MiB |\n"
                      "| 56×56 | 3136 | kernel | 4.00 ms | 5102 ns | 1.25× |  |  |\n", text)

    def test_a_plan_compiled_for_a_gpu_that_was_not_present(self):
        whole = measurement()
        figures = [{"name": name, "value": str(i)} for i, name in enumerate(report.COMPILED) if name != "Scratch size"]
        pipeline = {"kernel": "linear", "specialization": [16, 2], "steps": 12, "workgroup": [32, 4, 1],
                    "figures": [{"name": "Hash", "value": "99"}, *figures]}
        whole["compiled"] = {"gpu": "navi31", "precision": "fp16", "batch": 32, "pipelines": [pipeline]}
        text = report.render(whole)
        self.assertIn("The plan in fp16 at batch 32, compiled by RADV for navi31", text)
        self.assertIn("| linear | 16,2 | 12 | 32×4×1 | 0 | 1 | 2 | 3 |  | 5 | 6 |\n", text)
        self.assertNotIn("99", text)
        whole["compiled"] = {"gpu": "navi31", "precision": "fp16", "batch": 32, "absence": "no such driver"}
        self.assertIn("It could not be compiled: no such driver\n", report.render(whole))

    def test_a_new_report_keeps_the_conclusions(self):
        first = report.render(measurement())
        self.assertEqual(report.conclusions(first), "")
        written = first.replace(report.END, "The matrix product decides.\n\nStill.\n" + report.END)
        kept = report.conclusions(written)
        self.assertEqual(kept, "The matrix product decides.\n\nStill.")
        self.assertEqual(report.conclusions(report.render(measurement(), kept)), kept)
        self.assertEqual(report.conclusions("no marks"), "")


if __name__ == "__main__":
    unittest.main(verbosity=2)
