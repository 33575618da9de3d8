"""EXIF orientation: classify applies it as PIL does, eval ignores it."""
import csv
import io
import json

import numpy
from PIL import Image, ImageOps

import samples
from command import MODEL, SCRATCH, CommandTest, folder, main

TAG = 0x0112


def oriented(path, orientation, seed=5):
    """Writes an image of random colours, without symmetry, with this EXIF orientation (1 to 8). Returns path."""
    noise = numpy.random.default_rng(seed).integers(0, 256, (3, 4, 3), dtype=numpy.uint8)
    exif = Image.Exif()
    exif[TAG] = orientation
    Image.fromarray(noise).resize((48, 36)).save(path, exif=exif.tobytes())
    return path


class Orientation(CommandTest):
    def entered(self, *paths):
        array = SCRATCH / "entered.npy"
        self.succeed("classify", "--model", MODEL, *paths, "--preprocessed", array)
        return numpy.load(array)

    def test_all_eight_are_turned_as_pil_does(self):
        place = folder("turned")
        images, expected = [], []
        for ending in ("jpg", "png"):
            for orientation in range(1, 9):
                images.append(oriented(place / f"{orientation}.{ending}", orientation))
                upright = place / f"{orientation}.{ending}.png"
                ImageOps.exif_transpose(Image.open(images[-1])).save(upright)
                self.assertNotIn(TAG, Image.open(upright).getexif())
                expected.append(upright)
        turned = self.entered(*images)
        numpy.testing.assert_array_equal(turned, self.entered(*expected))
        self.assertGreater(len({array.tobytes() for array in turned[:8]}), 7)

    def labels(self, images):
        text = self.succeed("classify", *images, "--model", MODEL, "--top", "1").text
        return [int(row["class_1"]) for row in csv.DictReader(io.StringIO(text))]

    def test_eval_does_not_turn(self):
        place = folder("seeds")
        turned, lying = ([oriented(place / f"{seed}.{orientation}.png", orientation, seed)
                          for seed in range(40)] for orientation in (6, 1))
        labels = list(zip(turned, self.labels(turned), self.labels(lying)))
        tree = folder("as they lie")
        for image, upright, label in labels:
            if upright != label:  # the orientation changes the label
                (tree / f"kind {label}").mkdir(exist_ok=True)
                image.rename(tree / f"kind {label}" / image.name)
        names = SCRATCH / "kinds.txt"
        names.write_text("".join(f"kind {i}\n" for i in range(10)))
        score = json.loads(self.succeed("eval", tree, "--model", MODEL, "--labels", names,
                                        "--json").stdout)
        self.assertGreater(score["images"], 0)
        self.assertEqual(score["top1"], 100)


if __name__ == "__main__":
    main()
