"""Heat maps and filters: the numbers, and what a notebook shows."""
import io
import os
import pickle
import subprocess
import unittest

import numpy
from PIL import Image

from package import MODEL, PHOTOS, SCRATCH, classifier, gfnet, main


def pixels_of(png):
    return numpy.asarray(Image.open(io.BytesIO(png)))


class Heat(unittest.TestCase):
    def test_the_mean_is_the_logit_less_the_bias(self):
        classify = classifier()
        first, second = classify.heat(PHOTOS[2]), classify.heat(PHOTOS[2], "dog")
        logits = classify.logits(PHOTOS[2])
        top = classify(PHOTOS[2]).top[0]
        self.assertEqual((first.index, first.label), (top.index, top.label))
        self.assertEqual((second.index, second.label), (5, "dog"))
        self.assertEqual((first.shape, first.dtype), ((2, 2), numpy.float32))
        # The difference between two images takes the bias away.
        other = classify.heat(PHOTOS[0], "cat")
        self.assertAlmostEqual(float(first.mean() - other.mean()), float(logits[3] - classify.logits(PHOTOS[0])[3]), places=4)

    def test_it_is_what_the_command_writes(self):
        path = SCRATCH / "map.npy"
        subprocess.run([os.environ["GFNET_COMMAND"], "explain", "--model", MODEL, "--map", path, "--output",
                        SCRATCH / "sheet.png", PHOTOS[0]], check=True, capture_output=True, timeout=200)
        numpy.testing.assert_array_equal(classifier(MODEL).heat(PHOTOS[0])[None], numpy.load(path))

    def test_drawing(self):
        heat = classifier().heat(PHOTOS[2])
        drawn = heat.drawing()
        self.assertEqual(drawn.shape, numpy.asarray(Image.open(PHOTOS[2])).shape)
        numpy.testing.assert_array_equal(pixels_of(heat._repr_png_()), drawn)
        drawn.save(SCRATCH / "heat.png")
        numpy.testing.assert_array_equal(pixels_of((SCRATCH / "heat.png").read_bytes()), drawn)
        pixels = numpy.asarray(Image.open(PHOTOS[2]))
        numpy.testing.assert_array_equal(classifier().heat(pixels).drawing(), drawn)

    def test_a_part_is_only_an_array(self):
        heat = classifier().heat(PHOTOS[2])
        for part in (heat[:1], heat * 2, heat.copy(), heat.T):
            self.assertIsNone(part._repr_png_())
            with self.assertRaisesRegex(gfnet.ArgumentError, "a part or a copy of a HeatMap cannot be drawn"):
                part.drawing()
        self.assertIsNone(heat.drawing()[0]._repr_png_())

    def test_a_class_by_a_number_of_numpy(self):
        best = classifier().logits(PHOTOS[2]).argmax()
        numpy.testing.assert_array_equal(classifier().heat(PHOTOS[2], best), classifier().heat(PHOTOS[2]))

    def test_pickled_with_what_it_is_drawn_from(self):
        heat = classifier().heat(PHOTOS[2])
        again = pickle.loads(pickle.dumps(heat))
        self.assertEqual((type(again), again.index, again.label), (gfnet.HeatMap, heat.index, heat.label))
        numpy.testing.assert_array_equal(again, heat)
        numpy.testing.assert_array_equal(again.drawing(), heat.drawing())
        layer = classifier().model.filter(1)
        numpy.testing.assert_array_equal(pickle.loads(pickle.dumps(layer)).drawing(), layer.drawing())

    def test_pickled_without_a_model_that_can_be_it_is_only_an_array(self):
        layer = gfnet.Model(MODEL.read_bytes()).filter(0)
        again = pickle.loads(pickle.dumps(layer))
        numpy.testing.assert_array_equal(again, layer)
        self.assertIsNone(again._repr_png_())

    def test_wrong_classes_and_several_images(self):
        for label in ("unicorn", 10, -1, 1.5, b"cat"):
            with self.assertRaisesRegex(gfnet.ArgumentError, "there is no class"):
                classifier().heat(PHOTOS[2], label)
        with self.assertRaisesRegex(gfnet.ArgumentError, "one image"):
            classifier().heat(PHOTOS)


class Filters(unittest.TestCase):
    def test_a_filter_as_numbers_and_drawn(self):
        model = gfnet.Model(MODEL)
        filter_ = model.filter(1)
        self.assertEqual((filter_.dtype, filter_.shape[1], filter_.layer), (numpy.complex64, filter_.shape[0] // 2 + 1, 1))
        numpy.testing.assert_array_equal(pixels_of(filter_._repr_png_()), model.filters(16, [1]))
        self.assertIsNone((filter_ * 2)._repr_png_())
        self.assertGreater(numpy.abs(filter_).max(), 0)
        with self.assertRaises(gfnet.ArgumentError):
            model.filter(model.layers)

    def test_all_filters_are_what_the_command_draws(self):
        path = SCRATCH / "filters.png"
        subprocess.run([os.environ["GFNET_COMMAND"], "filters", "--model", MODEL, "--channels", "8", "--output", path],
                       check=True, capture_output=True, timeout=100)
        numpy.testing.assert_array_equal(gfnet.Model(MODEL).filters(8), pixels_of(path.read_bytes()))


if __name__ == "__main__":
    main()
