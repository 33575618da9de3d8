"""--tensor, --logits and --preprocessed: arrays in and out."""
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
        for option in ("--logits", "--preprocessed"):
            path = SCRATCH / "array.npy"
            result = self.run_command("classify", "--model", MODEL, "--batch", "1", *names,
                                      option, path)
            self.assertEqual(result.status, 1)
            arrays[option] = numpy.load(path)
        self.assertEqual(arrays["--logits"].shape, (3, 10))
        self.assertEqual(arrays["--preprocessed"].shape, (3, 3, 32, 32))
        for array in arrays.values():
            missing = numpy.isnan(array.reshape(3, -1)).all(axis=1)
            self.assertEqual(list(missing), [False, True, False])
            self.assertTrue(numpy.isfinite(array[[0, 2]]).all())

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
