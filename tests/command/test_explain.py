"""gfnet explain and gfnet filters: heat maps and images of learned filters."""
import os
import subprocess
import tempfile

import numpy
from PIL import Image

import samples
from command import ENVIRONMENT, MODEL, NO_DRIVER, REFERENCE, SCRATCH, CommandTest, arguments, folder, main

NAMES = ["image", "class", "probability", "logit", "map's mean", "minimum", "maximum", "at row, column"]


def rows(text):
    """The cells of a text table, without its two header lines."""
    return [[cell.strip() for cell in line.split("  ") if cell.strip()]
            for line in text.splitlines()[2:]]


def logits_of(test, *args):
    path = SCRATCH / "logits.npy"
    test.succeed("classify", "--model", MODEL, "--logits", path, *args)
    return numpy.load(path)


class Explain(CommandTest):
    @classmethod
    def setUpClass(cls):
        cls.folder = folder("explain")
        cls.images = [samples.image(cls.folder / f"{i}.png", size, seed=i)
                        for i, size in enumerate([(40, 30), (32, 32), (30, 90)])]
        cls.head_bias = None

    def explain(self, *args, **options):
        return self.succeed("explain", "--model", MODEL, "--output", self.folder / "heat.png", *args,
                            **options)

    def test_mean_of_the_map_is_the_logit_without_bias(self):
        logits = logits_of(self, *self.images)
        path = SCRATCH / "map.npy"
        biases = set()
        for index in range(2):
            result = self.explain(*self.images, "--class", index, "--map", path)
            maps = numpy.load(path)
            self.assertEqual(maps.shape, (3, 8, 8))
            self.assertEqual(maps.dtype, numpy.float32)
            # The logit minus the map's mean is the head's bias, which is the same for all images.
            rest = logits[:, index] - maps.mean(axis=(1, 2))
            self.assertLessEqual(numpy.ptp(rest), 1e-4)
            biases.add(round(float(rest[0]), 3))
            for row, map_, logit in zip(rows(result.text), maps, logits[:, index]):
                self.assertEqual(row[1], f"class {index}")
                self.assertAlmostEqual(float(row[3]), logit, delta=6e-4)
                self.assertAlmostEqual(float(row[6]), map_.max(), delta=6e-4)
                place = tuple(int(part) for part in row[7].split(", "))
                self.assertEqual(map_[place], map_.max())
        self.assertEqual(len(biases), 2)

    def test_sigmoid_scores(self):
        logits = logits_of(self, *self.images)
        for row, expected in zip(rows(self.explain(*self.images, "--scores", "sigmoid", "--class", "3").text), logits):
            self.assertEqual(row[2], f"{100 / (1 + numpy.exp(-float(expected[3]))):.1f} %")

    def test_default_class_is_the_most_probable(self):
        logits = logits_of(self, *self.images)
        table = self.explain(*self.images).text
        for name in NAMES:
            self.assertIn(name, table.splitlines()[0])
        for row, image, values in zip(rows(table), self.images, logits):
            self.assertEqual(row[:2], [str(image), f"class {values.argmax()}"])
            softmax = numpy.exp(values - values.max()) / numpy.exp(values - values.max()).sum()
            self.assertEqual(row[2], f"{100 * softmax.max():.1f} %")

    def test_class_by_label(self):
        labels = SCRATCH / "labels.txt"
        labels.write_text("".join(f"thing {i}\n" for i in range(10)))
        result = self.explain(self.images[0], "--labels", labels, "--class", "thing 7")
        self.assertEqual(rows(result.text)[0][1], "thing 7")
        by_number = self.explain(self.images[0], "--labels", labels, "--class", "7")
        self.assertEqual(by_number.text, result.text)

    def test_heat_map_file(self):
        self.explain(*self.images)
        with Image.open(self.folder / "heat.png") as image:
            self.assertEqual((image.format, image.mode), ("PNG", "RGB"))
            plain = image.size
            self.assertGreater(len(image.getcolors(1 << 24)), 500)
        self.explain(*self.images, "--layer", "0")
        with Image.open(self.folder / "heat.png") as image:
            self.assertGreater(image.size[0], plain[0])
            self.assertEqual(image.size[1], plain[1])

    def test_a_model_with_one_logit(self):
        model = REFERENCE / "flat-15x15-gray-1logit.pth"
        path = SCRATCH / "single.npy"
        result = self.succeed("explain", "--model", model, "--output", SCRATCH / "single.png",
                              self.images[0], "--map", path)
        self.assertEqual(numpy.load(path).shape, (1, 15, 15))
        row = rows(result.text)[0]
        self.assertAlmostEqual(float(row[2].removesuffix(" %")),
                               100 / (1 + numpy.exp(-float(row[3]))), delta=0.1)

    def test_failed_inputs_do_not_affect_the_others(self):
        broken = self.folder / "broken.jpg"
        broken.write_bytes(b"\xff\xd8\xff nothing")
        path = SCRATCH / "some.npy"
        output = SCRATCH / "some.png"
        result = self.run_command("explain", "--model", MODEL, "--output", output, "--map", path,
                                  self.images[0], broken, self.folder / "absent.png",
                                  self.images[1])
        self.assertEqual((result.status, len(result.errors)), (1, 2))
        self.assertIn("broken.jpg", result.errors[0])
        self.assertIn("absent.png", result.errors[1])
        self.assertEqual(len(rows(result.text)), 2)
        self.assertTrue(output.exists())
        failed = numpy.isnan(numpy.load(path)).all(axis=(1, 2))
        self.assertEqual(failed.tolist(), [False, True, True, False])
        nothing = SCRATCH / "nothing.png"
        self.fail_with(1, "broken.jpg", "explain", "--model", MODEL, "--output", nothing, broken)
        self.assertFalse(nothing.exists())

    def test_wrong_usage(self):
        image, output = self.images[0], self.folder / "x.png"
        for saying, *args in (
                ["PATH", "--output", output],
                ["--output", image],
                ["no class 'none'", image, "--output", output, "--class", "none"],
                ["no class '10'", image, "--output", output, "--class", "10"],
                ["no class ''", image, "--output", output, "--class", ""],
                ["no layer 99", image, "--output", output, "--layer", "99"],
                ["no layer -1", image, "--output", output, "--layer=-1"],
                ["--layer", image, "--output", output, "--layer", "first"],
                ["overwrite", image, "--output", image],
                ["overwrite", image, "--output", output, "--map", image],
                ["overwrite", image, "--output", output, "--map", output],
                ["overwrite", image, "--output", MODEL],
                ["at most 32", *[image] * 33, "--output", output]):
            with self.subTest(saying):
                self.fail_with(2, saying, "explain", "--model", MODEL, *args)
        self.assertFalse(output.exists())

    def test_unwritable_outputs_missing_model_and_no_driver(self):
        image = self.images[0]
        output = SCRATCH / "absent" / "heat.png"
        self.fail_with(1, str(output), "explain", "--model", MODEL, image, "--output", output)
        self.fail_with(1, "/dev/full", "explain", "--model", MODEL, image, "--output", "/dev/full")
        self.fail_with(1, "absent/m.npy", "explain", "--model", MODEL, image, "--output",
                       SCRATCH / "a.png", "--map", SCRATCH / "absent/m.npy")
        self.fail_with(1, "gone.pth", "explain", "--model", "gone.pth", image, "--output", "x.png")
        self.fail_with(3, "", "explain", "--model", MODEL, image, "--output", SCRATCH / "b.png",
                       **NO_DRIVER)


class Filters(CommandTest):
    def test_every_model(self):
        for name, layers in (("flat-8x8-32px", None), ("pyramid-no-layerscale", None),
                             ("flat-15x16-rectangular-gray", None)):
            output = SCRATCH / f"{name}.png"
            result = self.succeed("filters", REFERENCE / f"{name}.pth", "--output", output, **NO_DRIVER)
            table = rows(result.text)
            self.assertEqual([row[0] for row in table], [str(i) for i in range(len(table))])
            with Image.open(output) as image:
                self.assertEqual((image.format, image.mode), ("PNG", "RGB"))
                self.assertGreater(len(image.getcolors(1 << 24)), 100)

    def test_one_layer(self):
        output = SCRATCH / "one.png"
        result = self.succeed("filters", MODEL, "--output", output, "--layer", "1", "--channels", "12")
        ((layer, _, grid, _, shown),) = rows(result.text)
        self.assertEqual((layer, grid, shown), ("1", "8×8", "12"))

    def measured(self, *args):
        """(Exit status, stderr, MB of memory at the peak, seconds of processor time)"""
        with tempfile.TemporaryFile() as stderr, \
                subprocess.Popen(arguments(["filters", *args]), env={**ENVIRONMENT, **NO_DRIVER},
                                 stdout=subprocess.DEVNULL, stderr=stderr) as command:
            _, status, usage = os.wait4(command.pid, 0)
            command.returncode = os.waitstatus_to_exitcode(status)
            stderr.seek(0)
            return command.returncode, stderr.read().decode(), usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime

    def test_small_files_take_little_time_and_memory(self):
        def network(name, blocks, **options):
            tensors = samples.gfnet(**options)
            block = {key: value for key, value in tensors.items() if key.startswith("blocks.0.")}
            for i in range(1, blocks):
                tensors.update({key.replace(".0.", f".{i}.", 1): value for key, value in block.items()})
            return samples.safetensors(SCRATCH / f"{name}.safetensors", tensors)

        def of_grid(grid, channels, blocks):
            """A file of some KB: each tensor repeats one number."""
            tensors = samples.gfnet(channels=channels, grid=2)
            tensors["pos_embed"] = numpy.empty((1, grid * grid, channels), "f")
            tensors["blocks.0.filter.complex_weight"] = numpy.empty((grid, grid // 2 + 1, channels, 2), "f")
            for key in [key for key in tensors if key.startswith("blocks.0.")]:
                tensors.update({key.replace(".0.", f".{i}.", 1): tensors[key] for i in range(1, blocks)})
            return samples.torch_zip(SCRATCH / f"grid {grid} {channels} {blocks}.pth",
                                     {key: numpy.broadcast_to(numpy.float32(0.5), value.shape)
                                      for key, value in tensors.items()})

        output = SCRATCH / "small.png"
        for path, remedy in ((network("deep", 1500, channels=2, grid=2), "--layer"), (network("wide", 400), "--channels 6"),
                             (of_grid(512, 8, 3), "--channels 5"), (of_grid(2000, 1, 1), None),
                             (of_grid(900, 1, 4), "--layer"), (of_grid(700, 2, 6), "--channels 1")):
            with self.subTest(path=path.name):
                status, stderr, memory, seconds = self.measured(path, "--output", output)
                self.assertEqual((status, "takes" in stderr, "can be drawn" in stderr or "--layer" in stderr),
                                 (2, True, remedy is not None), stderr)
                self.assertIn(remedy or "", stderr)
                self.assertFalse(output.exists())
                self.assertLess(memory, 256)
                if remedy is None:
                    self.measured(path, "--output", output, "--layer", "0")
                    self.assertFalse(output.exists())
                    continue
                status, stderr, memory, seconds = self.measured(
                    path, "--output", output, *(["--layer", "1", "--channels", "1"] if remedy == "--layer" else remedy.split()))
                self.assertEqual(status, 0, stderr)
                self.assertLess(memory, 256)
                self.assertLess(seconds, 6)  # about 2 on an idle machine
                output.unlink()

    def test_large_networks_are_drawn(self):
        """The size of the grids of GFNet-B at 384 pixels, and of a network in stages at 224: with every channel."""
        for grid in (24, 56):
            path = samples.safetensors(SCRATCH / "large.safetensors", samples.gfnet(channels=384, grid=grid))
            status, stderr, memory, _ = self.measured(path, "--output", SCRATCH / "large.png", "--channels", "1024")
            self.assertEqual(status, 0, stderr)
            self.assertLess(memory, 256)

    def test_wrong_usage_and_bad_files(self):
        output = SCRATCH / "faults.png"
        self.fail_with(2, "--output", "filters", MODEL)
        self.fail_with(2, "no layer 99", "filters", MODEL, "--output", output, "--layer", "99")
        self.fail_with(2, "--channels", "filters", MODEL, "--output", output, "--channels", "0")
        self.fail_with(2, "overwrite", "filters", MODEL, "--output", MODEL)
        self.fail_with(1, "gone.pth", "filters", "gone.pth", "--output", output)
        unwritable = SCRATCH / "absent" / "filters.png"
        self.fail_with(1, str(unwritable), "filters", MODEL, "--output", unwritable)
        self.assertFalse(output.exists())


if __name__ == "__main__":
    main()
