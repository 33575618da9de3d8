"""gfnet bench: the form of its report, and whether the figures agree with one another."""
import json
import math
import signal
import time

from command import ENVIRONMENT, MODEL, SCRATCH, CommandTest, folder, main
from samples import gfnet, image, safetensors
from terminal import InTerminal

SECTIONS = ["startup", "ceilings", "latency", "throughput", "kernels", "spectral", "memory"]
QUICK = ["--runs", "3"]


class Bench(CommandTest):
    def bench(self, *args, model=MODEL, **options):
        result = self.succeed("bench", "--json", "--model", model, *QUICK, *args, **options)
        return json.loads(result.stdout)

    def skip_without_timestamps(self):
        """For tests of what is timed on the device, with which devices without timestamps end in status 3."""
        devices = json.loads(self.succeed("devices", "--json").stdout)
        if not next(d for d in devices if d["default"])["timestamps"]:
            self.skipTest("no timestamps")

    def assert_positive(self, entry, *names):
        for name in names:
            self.assertGreater(entry[name], 0, name)
            self.assertTrue(math.isfinite(entry[name]), name)

    def assert_rates(self, timing, macs):
        self.assert_positive(timing, "batch", "runs", "median_s", "p95_s", "min_s")
        self.assertLessEqual(timing["min_s"], timing["median_s"])
        self.assertLessEqual(timing["median_s"], timing["p95_s"])
        rate = timing["batch"] / timing["median_s"]
        self.assertAlmostEqual(timing["images_per_second"] / rate, 1, 6)
        self.assertAlmostEqual(timing["flops_per_second"] / (2 * macs * rate), 1, 6)

    def test_all_sections(self):
        self.skip_without_timestamps()
        told = self.bench("--batch", "1,3")
        self.assertEqual([name for name in told if name in SECTIONS], SECTIONS)
        version = self.succeed("--version").text.split()[1]
        self.assertEqual(told["gfnet"], {"version": version})

        device = json.loads(self.succeed("devices", "--json").stdout)
        self.assertIn(told["device"], [{key: d[key] for key in told["device"]} for d in device])
        self.assertEqual(set(told["device"]), {"name", "driver", "type", "api_version"})

        model = json.loads(self.succeed("info", MODEL, "--json").stdout)
        self.assertEqual(told["model"]["name"], MODEL.name)
        self.assertEqual(told["model"]["parameters"], model["parameters"])
        self.assertEqual(told["model"]["image"], model["input"])
        self.assertEqual(told["model"]["precision"], "fp32")
        macs = told["model"]["macs_per_image"]
        self.assertGreater(macs, 0)

        self.assert_positive(told["ceilings"], "fp32_flops_per_second", "copy_bytes_per_second")
        for name in ("fp16_flops_per_second", "matrix_flops_per_second"):
            if told["ceilings"][name] is not None:
                self.assert_positive(told["ceilings"], name)

        startup = told["startup"]
        parts = [name for name in startup if name.endswith("_s") and name != "total_s"]
        self.assertEqual(len(parts), 6)
        self.assert_positive(startup, *parts, "pipelines")
        self.assertAlmostEqual(sum(startup[name] for name in parts) / startup["total_s"], 1, 6)

        self.assertEqual((told["latency"]["batch"], told["latency"]["runs"]), (1, 3))
        self.assert_rates(told["latency"], macs)
        self.assertEqual([entry["batch"] for entry in told["throughput"]], [1, 3])
        for entry in told["throughput"]:
            self.assertEqual(entry["runs"], 3)
            self.assert_rates(entry, macs)

        self.check_kernels(told["kernels"], told["ceilings"])
        self.check_spectral(told["spectral"], model)
        self.check_memory(told["memory"])

    def check_kernels(self, kernels, ceilings):
        self.assertEqual(kernels["batch"], 3)
        plan = json.loads(self.succeed("plan", MODEL, "--json", "--batch", "3").stdout)
        self.assertEqual([(step["name"], step["kernel"], step["flops"], step["bytes"])
                          for step in kernels["steps"]],
                         [(step["name"], step["kernel"], step["flops"], step["bytes"])
                          for step in plan["steps"]])
        total = sum(step["seconds"] for step in kernels["steps"])
        self.assertGreater(total, 0)
        self.assertLessEqual(total, 1.2 * kernels["wall_s"])
        self.assertEqual({step["kernel"] for step in kernels["steps"]},
                         {entry["kernel"] for entry in kernels["by_kernel"]})
        for entry in kernels["by_kernel"]:
            steps = [step for step in kernels["steps"] if step["kernel"] == entry["kernel"]]
            self.assertEqual(entry["steps"], len(steps))
            for name in ("seconds", "flops", "bytes"):
                self.assertAlmostEqual(entry[name], sum(step[name] for step in steps),
                                       delta=1e-9 * entry[name])
        for step in kernels["steps"]:
            self.assertEqual(step["arithmetic"], "fp32")
            compute = step["flops_per_second"] / ceilings["fp32_flops_per_second"]
            memory = step["bytes_per_second"] / ceilings["copy_bytes_per_second"]
            self.assertEqual(step["bound"], "compute" if compute >= memory else "memory")
            self.assertAlmostEqual(step["share"], max(compute, memory), delta=1e-9 * step["share"])
            if step["seconds"] > 0:
                self.assertAlmostEqual(step["flops_per_second"] * step["seconds"], step["flops"],
                                       delta=1e-9 * step["flops"])

    def check_spectral(self, timings, model):
        layers = {(*stage["grid"], stage["channels"]) for stage in model["stages"]}
        self.assertEqual({(*t["grid"], t["channels"], t["batch"]) for t in timings},
                         {(*layer, batch) for layer in layers for batch in (1, 3)})
        self.assertEqual(len(timings), 2 * len(layers))
        for timing in timings:
            self.assertEqual(timing["runs"], 3)
            names = [way["name"] for way in timing["ways"]]
            self.assertEqual(names[-1], "copy")
            self.assertIn("vkfft", names)
            self.assertEqual(len(set(names)), len(names))
            for way in timing["ways"]:
                self.assert_positive(way, "median_s", "min_s", "over_first", "over_copy")
                self.assertLessEqual(way["min_s"], way["median_s"])
            self.assertEqual(timing["ways"][0]["over_first"], 1)
            self.assertEqual(timing["ways"][-1]["over_copy"], 1)

    def check_memory(self, memory):
        plan = json.loads(self.succeed("plan", MODEL, "--json", "--batch", "3").stdout)
        self.assertEqual(memory["batch"], 3)
        self.assertEqual(memory["planned_arena_bytes"], plan["arena_bytes"])
        self.assertEqual(memory["planned_weights_bytes"], plan["constant_bytes"])
        self.assertGreaterEqual(memory["arena_bytes"], plan["arena_bytes"])
        self.assertGreaterEqual(memory["weights_bytes"], plan["constant_bytes"])
        self.assertGreaterEqual(memory["peak_bytes"], memory["arena_bytes"] +
                                memory["weights_bytes"] + memory["fft_scratch_bytes"])
        self.assertGreater(memory["host_visible_bytes"], 0)

    def test_a_large_grid_runs_on_vkfft(self):
        self.skip_without_timestamps()
        model = safetensors(SCRATCH / "long_lines.safetensors", gfnet(grid=34))
        told = self.bench("--sections", "startup,kernels", "--batch", "1", model=model)
        kernels = {entry["kernel"] for entry in told["kernels"]["by_kernel"]}
        self.assertLessEqual({"vkfft_rfft2", "vkfft_irfft2"}, kernels)
        self.assert_positive(told["startup"], "fft_plans")

    def test_half_precision(self):
        device = next(d for d in json.loads(self.succeed("devices", "--json").stdout) if d["default"])
        if not device["fp16_storage"]:
            self.skipTest("no 16-bit storage")
        sections = ["--sections", "kernels,memory", "--batch", "2"]
        half = self.bench("--precision", "fp16", *sections)
        self.assertEqual(half["model"]["precision"], "fp16")
        single = self.bench("--precision", "fp32", *sections)
        self.assertLess(half["memory"]["planned_weights_bytes"],
                        single["memory"]["planned_weights_bytes"])
        moved = [sum(step["bytes"] for step in told["kernels"]["steps"]) for told in (half, single)]
        self.assertLess(moved[0], moved[1])

    def test_sections_not_asked_for_are_absent(self):
        self.skip_without_timestamps()
        for sections in (["memory"], ["latency", "startup"], ["throughput"], ["kernels"],
                         ["spectral"]):
            with self.subTest(sections=sections):
                told = self.bench("--batch", "2", "--sections", ",".join(sections))
                self.assertEqual({name for name in told if name in SECTIONS}, set(sections))
        self.assertEqual(self.bench("--sections", "latency")["latency"]["batch"], 1)

    def test_default_batches_double(self):
        batches = [entry["batch"] for entry in self.bench("--sections", "throughput")["throughput"]]
        self.assertEqual(batches[0], 1)
        self.assertEqual(batches, [2 ** i for i in range(len(batches))])

    def test_a_time_budget_is_respected(self):
        tiny = safetensors(SCRATCH / "tiny.safetensors", gfnet())
        told = self.bench("--sections", "latency", model=tiny)
        self.assertEqual(told["latency"]["runs"], 3)
        start = time.monotonic()
        result = self.succeed("bench", "--json", "--model", tiny, "--sections", "latency",
                              "--seconds", "0.5")
        told = json.loads(result.stdout)["latency"]
        self.assertGreater(told["runs"], 3)
        # A run also uploads its input; its time excludes that.
        self.assertLessEqual(told["runs"] * told["min_s"], 0.5 + told["p95_s"])
        self.assertLess(time.monotonic() - start, 60)

    def test_tables(self):
        self.skip_without_timestamps()
        text = self.succeed("bench", "--model", MODEL, *QUICK, "--batch", "2").text
        for word in (MODEL.name, "start-up", "fp32 multiply-add", "images/s", "spectral_filter",
                     "weights", "random numbers"):
            self.assertIn(word, text)
        self.assertNotIn("memory,", self.succeed("bench", "--model", MODEL, *QUICK, "--sections",
                                                 "latency").text)

    def test_scaling(self):
        self.skip_without_timestamps()
        grids = [7, 15, 34]
        told = json.loads(self.succeed("bench", "--scaling", "--json", "--grids", "7,15,34", "--batch", "2", *QUICK)
                          .stdout)
        self.assertEqual((told["channels"], told["batch"]), (384, 2))
        self.assertEqual([point["grid"] for point in told["scaling"]], [f"{n}×{n}" for n in grids])
        for n, point in zip(grids, told["scaling"]):
            self.assertEqual(point["tokens"], n * n)
            self.assertEqual((point["spectral_runs"], point["block_runs"]), (3, 3))
            self.assertAlmostEqual(point["spectral_per_token_ns"] * 1e-9 * 2 * n * n / point["spectral_s"], 1, 6)
            self.assertTrue(point["spectral_kernel"])
            self.assert_positive(point, "spectral_s", "spectral_growth", "block_s")
            # Input and output, and the weights of two matrices and a filter, fit in it.
            weights = 384 * (8 * 384 + 2 * n * (n // 2 + 1))
            self.assertGreater(point["block_peak_bytes"], 4 * (2 * 2 * n * n * 384 + weights))
        self.assertEqual(told["scaling"][0]["spectral_growth"], 1)
        text = self.succeed("bench", "--scaling", "--grids", "9", *QUICK).text
        for word in ("9×9", "spectral layer", "1.00×", "384 channels", "random weights"):
            self.assertIn(word, text)

    def test_scaling_excludes_options_of_a_model(self):
        for args in (["--scaling", "--model", MODEL], ["--scaling", "--size", "64"],
                     ["--scaling", "--sections", "latency"], ["--grids", "28"]):
            with self.subTest(args=args):
                self.fail_with(2, args[-2] if args[0] == "--scaling" else "--scaling", "bench", *args)
        self.fail_with(2, "one --batch", "bench", "--scaling", "--batch", "1,2")
        for grids in ("0", "1025", "7,x", "-3"):
            with self.subTest(grids=grids):
                self.fail_with(2, "--grids", "bench", "--scaling", f"--grids={grids}")

    def test_output_file(self):
        path = folder("bench") / "report.json"
        result = self.succeed("bench", "--json", "--model", MODEL, *QUICK, "--sections", "latency",
                              "--output", path)
        self.assertEqual(result.stdout, b"")
        self.assertIn("latency", json.loads(path.read_text()))
        before = MODEL.read_bytes()
        self.fail_with(2, "would overwrite", "bench", "--model", MODEL, "--output", MODEL)
        self.assertEqual(MODEL.read_bytes(), before)
        self.fail_with(1, "cannot be written", "bench", "--model", MODEL, "--output", path.parent)
        self.fail_with(1, "/dev/full", "bench", "--model", MODEL, *QUICK, "--sections", "latency",
                       "--output", "/dev/full")

    def test_a_failed_run_keeps_the_earlier_report(self):
        place = folder("before")
        path = place / "report.json"
        path.write_text("before")
        for output in (path, place / "new.json"):
            self.fail_with(1, "nothing.pth", "bench", "--model", "nothing.pth", "--output", output)
        self.assertEqual(path.read_text(), "before")
        self.assertEqual([entry.name for entry in place.iterdir()], ["report.json"])

    def test_an_interrupted_run_reports_what_it_measured(self):
        path = folder("interrupted") / "report.json"
        with InTerminal(["bench", "--json", "--model", MODEL, "--sections", "latency,throughput,memory", "--batch",
                         "1,2,3,4,5,6,7,8", "--seconds", "1", "--output", path], ENVIRONMENT) as running:
            running.wait_for("throughput, batch 3")
            running.process.send_signal(signal.SIGINT)
            output = running.finish()
        self.assertEqual((running.process.returncode, output), (130, ""), running.screen)
        self.assertIn("interrupted", running.screen)
        told = json.loads(path.read_text())
        self.assertEqual(told["latency"]["batch"], 1)
        batches = [entry["batch"] for entry in told["throughput"]]
        self.assertEqual(batches, list(range(1, len(batches) + 1)))
        # The batch in progress may be finished or not.
        self.assertGreaterEqual(len(batches), 2)
        self.assertLess(len(batches), 8)
        self.assertNotIn("memory", told)

    def test_wrong_usage(self):
        for saying, *args in (["--batch", "--batch", "0"],
                              ["--batch", "--batch", "1,x"],
                              ["--batch", "--batch", "1,-4"],
                              ["--batch", "--batch", "70000"],
                              ["--runs", "--runs", "0"],
                              ["--runs", "--runs", "many"],
                              ["--seconds", "--seconds", "0"],
                              ["--seconds", "--seconds", "-1"],
                              ["--seconds", "--seconds", "nan"],
                              ["none", "--sections", "latency,none"],
                              ["--sections", "--sections", "everything"],
                              ["--precision", "--precision", "fp8"],
                              ["extra", "extra"]):
            with self.subTest(args=args):
                self.assertEqual(self.fail_with(2, saying, "bench", *args).stdout, b"")

    def test_unusable_device_model_or_batch(self):
        self.fail_with(3, "no device", "bench", "--model", MODEL, "--device", "no such device")
        self.fail_with(1, "nothing.pth", "bench", "--model", "nothing.pth")
        self.fail_with(1, "photo.png", "bench", "--model", image(SCRATCH / "photo.png"))
        result = self.run_command("bench", "--model", MODEL, *QUICK, "--sections", "memory",
                                  "--batch", "1,65535")
        if result.status != 0:  # too large for software drivers, which bind 128 MiB; a GPU may have room
            self.assertEqual((result.status, len(result.errors), result.stdout), (3, 1, b""))
            self.assertIn("try a smaller batch", result.errors[0])

    def test_reading_and_labelling_images(self):
        place = folder("images")
        for i in range(9):
            image(place / f"{i}.png", seed=i)
        told = self.bench("--sections", "none", "--batch", "4", "--pictures", place)
        self.assertEqual([name for name in told if name in SECTIONS], [])
        timing = told["pictures"]
        self.assertEqual((timing["pictures"], timing["batch"], timing["runs"]), (9, 4, 3))
        self.assert_positive(timing, "reading_s", "labelling_s")
        self.assertAlmostEqual(timing["labelling_over_reading"],
                               timing["labelling_s"] / timing["reading_s"])
        self.assertIn("9 images", self.succeed("bench", "--model", MODEL, *QUICK, "--sections",
                                                 "none", "--pictures", place).text)
        (place / "bad.png").write_text("no image")
        self.fail_with(1, ["bad.png", "not an image"], "bench", "--model", MODEL, "--sections",
                       "none", "--pictures", place)


if __name__ == "__main__":
    main()
