"""The bundled model: the engine's results for image files, against PyTorch (weights/evaluate.py).

The files are made of the photographs in weights/photos: tiles of the model's input size, cut from shrunk
photographs, and whole photographs at several sizes. test_cifar10.py does the same with CIFAR-10.
"""
import io
import tempfile
import unittest
from pathlib import Path

import bundled
import harness
import numpy as np
from PIL import Image

PHOTOS = sorted((harness.WEIGHTS / "photos").glob("*.jpg"))
# Heights in pixels to which each photograph is shrunk before it is cut into tiles.
HEIGHTS = (48, 64, 96, 128, 192)
SIZES = ((32, 32), (40, 30), (33, 100), (256, 256), (500, 333), (31, 17))
# If the best logit exceeds the next by this much, half precision and pixels one step off do not change the label.
MARGIN = 0.1
# ‖Δ‖/‖logits‖ in half precision, as tests/runtime/half_precision_test.cpp derives it, rounded up.
HALF_BOUND = 2e-2
# ‖Δ‖/‖logits‖ of images that the engine resized: one pixel in hundreds may be off by one step of 255.
RESIZED_BOUND = 5e-3


def encoded(image, quality):
    """(file content, suffix) in a format that PIL and the engine decode to the same pixels."""
    stream = io.BytesIO()
    if bundled.DECODER == "libjpeg":
        image.save(stream, "JPEG", quality=quality)
        return stream.getvalue(), ".jpg"
    image.save(stream, "PNG")  # stb_image rounds JPEG differently from libjpeg
    return stream.getvalue(), ".png"


def tiles(size):
    """Yields (name, file content) of tiles of size × size pixels."""
    for photo in PHOTOS:
        with Image.open(photo) as image:
            image = image.convert("RGB")
        for height in HEIGHTS:
            shrunk = image.resize((image.width * height // image.height, height), Image.LANCZOS)
            for y in range(0, shrunk.height - size + 1, size):
                for x in range(0, shrunk.width - size + 1, size):
                    file, suffix = encoded(shrunk.crop((x, y, x + size, y + size)), 95)
                    yield f"{photo.stem}-{height}-{x}-{y}{suffix}", file


class BundledModel(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.model = bundled.Bundled()

    def pytorch(self, files):
        """PyTorch's logits [N, classes] of encoded files."""
        pixels = []
        for file in files:
            with Image.open(io.BytesIO(file)) as image:
                pixels.append(self.model.prepare(image))
        return self.model.logits(np.stack(pixels))

    @staticmethod
    def sure(logits):
        best = logits.topk(2, dim=1).values
        return best[:, 0] - best[:, 1] >= MARGIN

    def test_tiles(self):
        """File by file; then in class folders named by PyTorch's labels, where gfnet eval must score 100 %."""
        named = dict(tiles(self.model.steps["size"]))
        expected = self.pytorch(named.values())
        self.assertGreater(len(named), 500)
        self.assertGreater(len(set(expected.argmax(1).tolist())), len(self.model.labels) // 2, "too few classes occur")
        trees = {"all": [], "sure": []}
        sure = self.sure(expected)
        self.assertGreater(sure.float().mean(), 0.9)
        for (name, file), index, is_sure in zip(named.items(), expected.argmax(1).tolist(), sure.tolist()):
            for tree, wanted in (("all", True), ("sure", is_sure)):
                path = self.folder / tree / self.model.labels[index] / name
                path.parent.mkdir(parents=True, exist_ok=True)
                if wanted:
                    path.write_bytes(file)
                    trees[tree].append(path)
        bundled.check_file_by_file(self, self.model.labels, trees["all"], expected, self.folder)

        told = bundled.score(self, self.folder / "all", "fp32")
        self.assertEqual((told["images"], told["top1"], told["top5"]), (len(named), 100, 100))
        told = bundled.score(self, self.folder / "sure", "fp16")
        self.assertEqual((told["images"], told["top1"], told["top5"]), (int(sure.sum()), 100, 100))
        _, half = bundled.classify(trees["all"], self.folder, "fp16")
        errors = [harness.relative_error(*pair) for pair in zip(half, expected)]
        print(f"fp16: {int(sure.sum())} of {len(named)} are sure by {MARGIN} and keep their label; logits differ by "
              f"{np.median(errors):.1e} in the median, {max(errors):.1e} at most (bound {HALF_BOUND:.0e})", flush=True)
        self.assertLessEqual(max(errors), HALF_BOUND)

    def test_photographs_of_many_sizes(self):
        """Images that the engine resizes itself. One pixel in thousands rounds differently
        (tests/image/preprocess_gpu_test.cpp), which changes logits slightly."""
        files = {}
        for photo in PHOTOS:
            files[photo.name] = photo.read_bytes()
            with Image.open(photo) as image:
                image = image.convert("RGB")
            for size in SIZES:
                file, suffix = encoded(image.resize(size, Image.LANCZOS), 90)
                files[f"{photo.stem}-{size[0]}x{size[1]}{suffix}"] = file
        paths = [self.folder / name for name in files]
        for path, file in zip(paths, files.values()):
            path.write_bytes(file)
        expected = self.pytorch(files.values())
        rows, logits = bundled.classify(paths, self.folder)
        for row, values, is_sure in zip(rows, expected, self.sure(expected)):
            if is_sure:
                self.assertEqual(row["label_1"], self.model.labels[values.argmax()], row["path"])
        errors = [harness.relative_error(*pair) for pair in zip(logits, expected)]
        print(f"\n{len(rows)} files: logits differ by {np.median(errors):.1e} in the median, {max(errors):.1e} at most "
              f"(bounds {bundled.LOGITS_BOUND:.0e}, {RESIZED_BOUND:.0e})", flush=True)
        self.assertLessEqual(np.median(errors), bundled.LOGITS_BOUND)
        worst = int(np.argmax(errors))
        self.assertLessEqual(errors[worst], RESIZED_BOUND,
                             f"{paths[worst]}: " + harness.describe_worst(logits[worst], expected[worst]))


if __name__ == "__main__":
    harness.main()
