"""EXIF orientation: classify turns pictures upright as PIL does, eval leaves them as they lie."""
import json

import numpy
from PIL import Image, ImageOps

import samples
from command import MODEL, SCRATCH, CommandTest, folder, main

TAG = 0x0112


def oriented(path, orientation):
    """A picture without any symmetry, with that orientation in its EXIF data."""
    noise = numpy.random.default_rng(5).integers(0, 256, (3, 4, 3), dtype=numpy.uint8)
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
        pictures, expected = [], []
        for ending in ("jpg", "png"):
            for orientation in range(1, 9):
                pictures.append(oriented(place / f"{orientation}.{ending}", orientation))
                upright = place / f"{orientation}.{ending}.png"
                ImageOps.exif_transpose(Image.open(pictures[-1])).save(upright)
                self.assertNotIn(TAG, Image.open(upright).getexif())
                expected.append(upright)
        turned = self.entered(*pictures)
        numpy.testing.assert_array_equal(turned, self.entered(*expected))
        self.assertGreater(len({array.tobytes() for array in turned[:8]}), 7)

    def test_eval_does_not_turn(self):
        upright, turned = folder("upright"), folder("turned-classes")
        for i in range(10):
            for root, orientation in ((upright, 1), (turned, 6)):
                (root / str(i)).mkdir()
                oriented(root / str(i) / "a.png", orientation)
        scores = [json.loads(self.succeed("eval", root, "--model", MODEL, "--json").stdout)
                  for root in (upright, turned)]
        self.assertEqual(scores[0]["top1"], scores[1]["top1"])
        self.assertEqual(scores[0]["top5"], scores[1]["top5"])
        labels = [self.succeed("classify", root / "0" / "a.png", "--model", MODEL).text.split(",")[-15:]
                  for root in (upright, turned)]
        self.assertNotEqual(*labels)  # the turn does matter to this model


if __name__ == "__main__":
    main()
