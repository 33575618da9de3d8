"""--tensor, --logits and --preprocessed: arrays in and out."""
import json

import numpy

import samples
from command import MODEL, PHOTOS, REFERENCE, SCRATCH, CommandTest, folder, main


def relative_error(actual, expected):
    return numpy.linalg.norm(actual - expected) / numpy.linalg.norm(expected)


class Arrays(CommandTest):
    def run_tensor(self, model, tensor, *args):
        logits = SCRATCH / "logits.npy"
        path = SCRATCH / "tensor.npy"
        numpy.save(path, tensor)
        result = self.succeed("classify", "--model", model, "--tensor", path, "--logits", logits,
                              *args)
        return numpy.load(logits), result

    def test_reference_logits(self):
        for name in ("flat-8x8-32px", "flat-15x15-gray-1logit", "flat-24x24"):
            with self.subTest(name=name):
                tensor = numpy.load(REFERENCE / f"{name}.input.npy")
                expected = numpy.load(REFERENCE / f"{name}.logits.npy")
                logits, result = self.run_tensor(REFERENCE / f"{name}.pth", tensor, "--batch", "1")
                self.assertEqual(logits.dtype, numpy.float32)
                self.assertEqual(logits.shape, expected.shape)
                self.assertLessEqual(relative_error(logits, expected), 1e-5)
                rows = result.text.splitlines()[1:]
                self.assertEqual(len(rows), len(tensor))
                if expected.shape[1] > 1:
                    best = [int(row.split(",")[1]) for row in rows]
                    self.assertEqual(best, list(expected.argmax(axis=1)))

    def test_preprocessed_output_as_tensor_gives_the_same_logits(self):
        photos = sorted(PHOTOS.glob("*.jpg"))[:3]
        entered, logits = SCRATCH / "entered.npy", SCRATCH / "from-images.npy"
        self.succeed("classify", "--model", MODEL, "--batch", "1", *photos,
                     "--preprocessed", entered, "--logits", logits)
        tensor = numpy.load(entered)
        self.assertEqual((tensor.shape, tensor.dtype), ((3, 3, 32, 32), numpy.float32))
        again, _ = self.run_tensor(MODEL, tensor, "--batch", "1")
        numpy.testing.assert_array_equal(again, numpy.load(logits))

    def test_a_failed_input_keeps_its_place(self):
        images = folder("images")
        names = [samples.image(images / "a.png", seed=1), images / "missing.png",
                 samples.image(images / "c.png", seed=2)]
        arrays = {}
        for option in ("--logits", "--features", "--preprocessed"):
            path = SCRATCH / "array.npy"
            result = self.run_command("classify", "--model", MODEL, "--batch", "1", *names,
                                      option, path)
            self.assertEqual(result.status, 1)
            arrays[option] = numpy.load(path)
        self.assertEqual(arrays["--logits"].shape, (3, 10))
        self.assertEqual(arrays["--features"].shape, (3, 48))
        self.assertEqual(arrays["--preprocessed"].shape, (3, 3, 32, 32))
        for array in arrays.values():
            missing = numpy.isnan(array.reshape(3, -1)).all(axis=1)
            self.assertEqual(list(missing), [False, True, False])
            self.assertTrue(numpy.isfinite(array[[0, 2]]).all())

    def test_features_of_the_reference_models(self):
        """What PyTorch's network has before its head, and what its head makes the logits of."""
        found = 0
        for path in sorted(REFERENCE.glob("*.features.npy")):
            name = path.name.removesuffix(".features.npy")
            expected = numpy.load(path)
            features = SCRATCH / "features.npy"
            for batch in ("1", "2"):
                with self.subTest(model=name, batch=batch):
                    self.succeed("classify", "--model", REFERENCE / f"{name}.pth", "--batch", batch, "--tensor",
                                 REFERENCE / f"{name}.input.npy", "--features", features)
                    array = numpy.load(features)
                    self.assertEqual((array.shape, array.dtype), (expected.shape, numpy.float32))
                    self.assertLess(relative_error(array, expected), 1e-5)
            found += 1
        self.assertGreater(found, 2)

    def test_sigmoid_scores(self):
        """The logistic function of each logit, in every format; the order of the classes stays."""
        images = [samples.image(SCRATCH / f"sigmoid-{i}.png", seed=i) for i in range(3)]
        base = ["classify", "--model", MODEL, "--top", "10", *images]
        logits = SCRATCH / "sigmoid.npy"
        softmax = self.succeed(*base, "--logits", logits).text.splitlines()[1:]
        scores = 1 / (1 + numpy.exp(-numpy.load(logits).astype(float)))
        rows = self.succeed(*base, "--scores", "sigmoid").text.splitlines()[1:]
        objects = [json.loads(line) for line in
                   self.succeed(*base, "--scores", "sigmoid", "--format", "jsonl").text.splitlines()]
        for row, other, each, expected in zip(rows, softmax, objects, scores):
            cells = row.split(",")
            classes = [int(cell) for cell in cells[1:-1:3]]
            self.assertEqual(classes, [int(cell) for cell in other.split(",")[1:-1:3]])
            numpy.testing.assert_allclose([float(cell) for cell in cells[3:-1:3]], expected[classes], rtol=7e-8)
            self.assertEqual([p["class"] for p in each["predictions"]], classes)
            numpy.testing.assert_allclose([p["probability"] for p in each["predictions"]], expected[classes], rtol=7e-8)
        table = self.succeed(*base, "--scores", "sigmoid", "--format", "table").text
        self.assertIn(f"{100 * scores[0].max():.1f} %", table)
        self.assertEqual(self.succeed(*base, "--scores", "softmax").text.splitlines()[1:], softmax)
        self.fail_with(2, "--scores", *base, "--scores", "relu")

    def test_nan_in_a_tensor_fails_only_its_row(self):
        tensor = numpy.zeros((2, 3, 32, 32), numpy.float32)
        tensor[0, 0, 0, 0] = numpy.nan
        path, logits = SCRATCH / "nan.npy", SCRATCH / "nan-logits.npy"
        numpy.save(path, tensor)
        result = self.run_command("classify", "--model", MODEL, "--batch", "1", "--tensor", path,
                                  "--logits", logits)
        self.assertEqual(result.status, 1)
        self.assertEqual(len(result.errors), 1)
        self.assertIn(f"{path}[0]: ", result.errors[0])
        self.assertEqual(list(numpy.isnan(numpy.load(logits)).any(axis=1)), [True, False])

    def test_bad_tensors(self):
        path = SCRATCH / "bad.npy"
        shapes = [(3, 32, 32), (1, 1, 32, 32), (1, 3, 32, 31), (1, 3, 32, 32, 1), (), (7,)]
        bad = [(numpy.zeros(shape, numpy.float32), "shape") for shape in shapes]
        bad += [(numpy.zeros((1, 3, 32, 32), numpy.complex64), "<c8"),
                (numpy.asfortranarray(numpy.zeros((1, 3, 32, 32), numpy.float32)), "Fortran"),
                (numpy.zeros((1, 3, 32, 32), ">f4"), ">f4")]
        for array, saying in bad:
            numpy.save(path, array)
            with self.subTest(shape=array.shape, type=array.dtype):
                self.fail_with(1, [str(path), saying], "classify", "--model", MODEL,
                               "--tensor", path)
        for content, saying in ((b"", "empty"), (b"no array at all", "not a .npy"),
                                (b"\x93NUMPY\x01\x00\xff\xff{", "truncated")):
            path.write_bytes(content)
            with self.subTest(content=content):
                self.fail_with(1, [str(path), saying], "classify", "--model", MODEL,
                               "--tensor", path)
        self.fail_with(1, "no such file", "classify", "--model", MODEL, "--tensor", "missing.npy")

    def test_no_images(self):
        logits, result = self.run_tensor(MODEL, numpy.zeros((0, 3, 32, 32), numpy.float32))
        self.assertEqual(logits.shape, (0, 10))
        self.assertEqual(len(result.text.splitlines()), 1)


if __name__ == "__main__":
    main()
