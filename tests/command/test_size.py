"""--size: runs a checkpoint at a resolution that differs from its own."""
import json

import numpy

from command import MODEL, REFERENCE, SCRATCH, CommandTest, folder, main
from samples import gfnet, image, safetensors

PYRAMID = next(REFERENCE.glob("pyramid*.pth"))


class Size(CommandTest):
    def info(self, model, *args):
        return json.loads(self.succeed("info", model, "--json", *args).stdout)

    def preprocessed(self, place, model, photo, *args):
        self.succeed("classify", "--model", model, photo, *args, "--output", place / "rows.csv", "--logits",
                     place / "logits.npy", "--preprocessed", place / "input.npy")
        return numpy.load(place / "input.npy"), numpy.load(place / "logits.npy")

    def test_grids_scale_with_the_size(self):
        native = self.info(PYRAMID)
        _, height, width = native["input"]
        told = self.info(PYRAMID, "--size", f"{2 * height}x{3 * width}")
        self.assertEqual(told["input"], [native["input"][0], 2 * height, 3 * width])
        for stage, before in zip(told["stages"], native["stages"]):
            self.assertEqual(stage["grid"], [2 * before["grid"][0], 3 * before["grid"][1]])
            self.assertEqual(stage["channels"], before["channels"])
        self.assertGreater(told["macs"], 6 * native["macs"])
        plan = json.loads(self.succeed("plan", PYRAMID, "--json", "--size", f"{2 * height}x{3 * width}").stdout)
        self.assertGreater(plan["constant_bytes"], json.loads(
            self.succeed("plan", PYRAMID, "--json").stdout)["constant_bytes"])

    def test_images_are_preprocessed_for_the_size(self):
        place = folder("size")
        photo = image(place / "photo.png", (90, 70))
        native, logits = self.preprocessed(place, MODEL, photo)
        same, same_logits = self.preprocessed(place, MODEL, photo, "--size", "32")
        numpy.testing.assert_array_equal(same, native)
        numpy.testing.assert_array_equal(same_logits, logits)
        larger, larger_logits = self.preprocessed(place, MODEL, photo, "--size", "48x64")
        self.assertEqual(larger.shape, (1, 3, 48, 64))
        self.assertEqual(larger_logits.shape, logits.shape)
        self.assertFalse((larger_logits == logits).any())
        # Above 32 pixels, an image is resized to 256/224 of the size and cropped at its centre.
        self.assertEqual(self.info(MODEL)["crop_ratio"], 1.0)
        self.assertEqual(self.info(MODEL, "--size", "48")["crop_ratio"], 0.875)

    def test_the_crop_ratio_of_the_file_is_kept(self):
        notes = {"preprocessing": json.dumps({"size": 32, "crop_ratio": 0.9})}
        model = safetensors(SCRATCH / "notes.safetensors", gfnet(), metadata=notes)
        self.assertEqual(self.info(model, "--size", "64")["crop_ratio"], 0.9)

    def test_tensors_must_have_the_size(self):
        place = folder("size-tensor")
        numpy.save(place / "in.npy", numpy.zeros((2, 3, 64, 64), numpy.float32))
        args = ["classify", "--model", MODEL, "--tensor", place / "in.npy", "--output", place / "rows.csv"]
        self.succeed(*args, "--size", "64")
        self.fail_with(1, "has shape [2, 3, 64, 64]", *args)

    def test_eval_and_bench(self):
        place = folder("size-eval")
        for i in range(10):
            (place / f"class{i}").mkdir()
            image(place / f"class{i}" / "photo.png", seed=i)
        told = json.loads(self.succeed("eval", place, "--model", MODEL, "--size", "64", "--json").stdout)
        self.assertEqual(told["images"], 10)
        told = json.loads(self.succeed("bench", "--model", MODEL, "--size", "64", "--json", "--sections",
                                       "latency", "--runs", "3").stdout)
        self.assertEqual(told["model"]["image"], [3, 64, 64])

    def test_wrong_sizes(self):
        for size in ("0", "-4", "32x", "x32", "32x32x32", "32×32", "many", "", "99999", "32.0", "9" * 30):
            with self.subTest(size=size):
                self.fail_with(2, "--size", "info", MODEL, f"--size={size}")
        step = self.info(MODEL)["stages"][0]["patch"][0]
        wrong = str(32 + step // 2)
        for command in (["info", MODEL], ["plan", MODEL], ["bench", "--model", MODEL],
                        ["classify", "--model", MODEL, "photo.png"]):
            with self.subTest(command=command):
                self.fail_with(2, f"multiples of {step}", *command, "--size", wrong)


if __name__ == "__main__":
    main()
