"""A Classifier gives what the command gives, to the last bit, for every kind of image."""
import csv
import io
import os
import subprocess
import threading
import unittest

import numpy
from PIL import Image

from package import MODEL, PHOTOS, ROOT, SCRATCH, classifier, gfnet, main

COMMAND = os.environ["GFNET_COMMAND"]


def rows_of_command(*arguments):
    done = subprocess.run([COMMAND, "classify", *map(str, arguments)], capture_output=True, text=True, check=True,
                          timeout=200)
    return list(csv.DictReader(io.StringIO(done.stdout)))


def bits(probability):
    """A float32 as the command writes it."""
    return f"{probability:.9g}"


class SameAsTheCommand(unittest.TestCase):
    def test_photographs(self):
        rows = rows_of_command("--top", "5", *PHOTOS)
        self.assertEqual(len(rows), 6)
        for row, result in zip(rows, classifier()(PHOTOS), strict=True):
            self.assertEqual(len(result.top), 5)
            for rank, prediction in enumerate(result.top, 1):
                self.assertEqual(
                    [row[f"class_{rank}"], row[f"label_{rank}"], row[f"probability_{rank}"]],
                    [str(prediction.index), prediction.label, bits(prediction.probability)])
            first = result.top[0]
            self.assertEqual((result.label, result.index, result.probability),
                             (first.label, first.index, first.probability))

    def test_features_and_logits(self):
        features, logits = SCRATCH / "features.npy", SCRATCH / "logits.npy"
        rows_of_command("--model", MODEL, "--features", features, "--logits", logits, *PHOTOS[:3])
        classify = classifier(MODEL)
        numpy.testing.assert_array_equal(classify.features(PHOTOS[:3]), numpy.load(features))
        numpy.testing.assert_array_equal(classify.logits(PHOTOS[:3]), numpy.load(logits))
        self.assertEqual(classify.logits(PHOTOS[0]).shape, (10,))
        self.assertEqual(classify.logits([]).shape, (0, 10))
        self.assertEqual(classify.features([]).shape, (0, numpy.load(features).shape[1]))
        with_features = gfnet.Classifier(MODEL, features=True)
        numpy.testing.assert_array_equal(with_features(PHOTOS[1]).features, numpy.load(features)[1])
        numpy.testing.assert_array_equal(with_features.features(PHOTOS[1]), numpy.load(features)[1])
        self.assertIsNone(classify(PHOTOS[1]).features)

    def test_another_size(self):
        rows = rows_of_command("--model", MODEL, "--size", "64", PHOTOS[0])
        result = gfnet.Classifier(gfnet.Model(MODEL).at(64))(PHOTOS[0])
        self.assertEqual(bits(result.probability), rows[0]["probability_1"])

    def test_sigmoid_and_half_precision(self):
        rows = rows_of_command("--model", MODEL, "--scores", "sigmoid", PHOTOS[0])
        self.assertEqual(bits(gfnet.Classifier(MODEL, scores="sigmoid")(PHOTOS[0]).probability), rows[0]["probability_1"])
        half = gfnet.Classifier(MODEL, precision="fp16")
        self.assertEqual(half.precision, "fp16")
        rows = rows_of_command("--model", MODEL, "--precision", "fp16", PHOTOS[0])
        self.assertEqual(bits(half(PHOTOS[0]).probability), rows[0]["probability_1"])


class KindsOfImages(unittest.TestCase):
    def test_all_give_the_same(self):
        path = PHOTOS[0]
        classify = classifier(MODEL)
        expected = classify.logits(path)
        pixels = numpy.asarray(Image.open(path))
        wide = numpy.zeros((pixels.shape[0], pixels.shape[1] + 7, 3), numpy.uint8)
        wide[:, 7:] = pixels
        read_only = pixels.copy()
        read_only.flags.writeable = False
        kinds = {
            "str": str(path), "bytes": path.read_bytes(), "bytearray": bytearray(path.read_bytes()),
            "memoryview": memoryview(path.read_bytes()), "PIL": Image.open(path), "array": pixels, "rows with gaps": wide[:, 7:],
            "read only": read_only, "Fortran order": numpy.asfortranarray(pixels),
            "from channels first": numpy.ascontiguousarray(pixels.transpose(2, 0, 1)).transpose(1, 2, 0),
        }
        for name, image in kinds.items():
            with self.subTest(name):
                numpy.testing.assert_array_equal(classify.logits(image), expected)
        together = classify.logits(list(kinds.values()))
        self.assertEqual(together.shape, (len(kinds), 10))
        for row in together:
            numpy.testing.assert_array_equal(row, expected)
        numpy.testing.assert_array_equal(classify.logits(numpy.stack([pixels[::2], pixels[1::2]])),
                                         classify.logits([pixels[::2], pixels[1::2]]))

    def test_dlpack(self):
        class Exporter:
            """Nothing but DLPack's interface."""

            def __init__(self, array):
                self.array = array

            def __dlpack__(self, **options):
                return self.array.__dlpack__(**options)

            def __dlpack_device__(self):
                return self.array.__dlpack_device__()

        class OnDevice(Exporter):
            def __dlpack_device__(self):
                return (2, 0)

        pixels = numpy.array(Image.open(PHOTOS[0]))
        classify = classifier(MODEL)
        numpy.testing.assert_array_equal(classify.logits(Exporter(pixels)), classify.logits(pixels))
        self.assertEqual(len(classify(Exporter(pixels[None]))), 1)
        with self.assertRaisesRegex(gfnet.ArgumentError, "memory of a device"):
            classify(OnDevice(pixels))

    def test_many_images_and_batches(self):
        classify = classifier(MODEL)
        many = [PHOTOS[i % len(PHOTOS)] for i in range(3 * classify.batch + 1)]
        alone = {path: classify.logits(path) for path in PHOTOS}
        for path, logits in zip(many, classify.logits(many), strict=True):
            numpy.testing.assert_array_equal(logits, alone[path])

    def test_threads_share_a_classifier(self):
        classify = classifier(MODEL)
        alone = {path: classify.logits(path) for path in PHOTOS}
        wrong = []

        def work(first):
            for i in range(8):
                paths = [PHOTOS[(first + i + k) % len(PHOTOS)] for k in range(1 + i)]
                for path, logits in zip(paths, classify.logits(paths), strict=True):
                    if not numpy.array_equal(logits, alone[path]):
                        wrong.append(path)

        threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])

    def test_a_call_lets_other_threads_run(self):
        steps = []
        is_over = threading.Event()

        def count():
            while not is_over.is_set():
                steps.append(1)
                is_over.wait(0.001)

        counter = threading.Thread(target=count)
        counter.start()
        try:
            before = len(steps)
            classifier(MODEL)([PHOTOS[0]] * 40)
            self.assertGreater(len(steps) - before, 5)
        finally:
            is_over.set()
            counter.join()


class Representation(unittest.TestCase):
    def test_a_result_as_text_and_as_table(self):
        result = classifier()(ROOT / "weights/photos/cat.jpg")
        self.assertTrue(str(result).startswith("cat 89.8 %, "), str(result))
        self.assertIn("<td style='text-align:right'>89.8 %</td>", result._repr_html_())
        strange = gfnet.Result((gfnet.Prediction(0, "<b>", 0.5, "<b>", ""),), numpy.zeros(1), None)
        self.assertIn("&lt;b&gt;", strange._repr_html_())

    def test_a_classifier_names_model_and_device(self):
        classify = classifier(MODEL)
        self.assertIn("flat-8x8-32px.pth", repr(classify))
        self.assertIn(classify.device, repr(classify))
        self.assertIn(os.environ.get("GFNET_DEVICE", ""), classify.device)


if __name__ == "__main__":
    main()
