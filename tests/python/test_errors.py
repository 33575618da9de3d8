"""Errors are those that a Python program expects, and can be pickled."""
import errno
import pickle
import unittest

from package import MODEL, PHOTOS, SCRATCH, classifier, gfnet, main, run_python

EXPECTED = {
    gfnet.FormatError: (OSError, ValueError), gfnet.MissingFileError: (FileNotFoundError, gfnet.FormatError),
    gfnet.ArgumentError: (ValueError,), gfnet.UnsupportedError: (RuntimeError,), gfnet.TooLargeError: (gfnet.UnsupportedError,),
    gfnet.NoDeviceError: (RuntimeError,), gfnet.VulkanError: (RuntimeError,), gfnet.ForkError: (RuntimeError,),
}


class Classes(unittest.TestCase):
    def test_bases(self):
        for error, bases in EXPECTED.items():
            self.assertTrue(issubclass(error, gfnet.Error))
            for base in bases:
                self.assertTrue(issubclass(error, base), (error, base))

    def test_pickles(self):
        for error in [gfnet.Error, *EXPECTED]:
            made = error("the cause")
            made.path = "a file"
            copy = pickle.loads(pickle.dumps(made))
            self.assertEqual((type(copy), str(copy), copy.path), (error, "the cause", "a file"))


class Raised(unittest.TestCase):
    def raised(self, error, work, *saying):
        with self.assertRaises(error) as caught:
            work()
        for text in saying:
            self.assertIn(text, str(caught.exception))
        return caught.exception

    def test_a_missing_file(self):
        error = self.raised(gfnet.MissingFileError, lambda: classifier(MODEL)("nothing.jpg"))
        self.assertEqual((str(error), error.path, error.cause), ("nothing.jpg: no such file", "nothing.jpg", "no such file"))
        self.assertIsNone(error.offset)
        for one in (error, pickle.loads(pickle.dumps(error))):
            self.assertEqual((str(one), one.errno, one.filename), ("nothing.jpg: no such file", errno.ENOENT, "nothing.jpg"))

    def test_a_file_that_is_no_image(self):
        path = SCRATCH / "text.jpg"
        path.write_text("text")
        error = self.raised(gfnet.FormatError, lambda: classifier(MODEL)(path), f"{path}: not an image")
        self.assertNotIsInstance(error, gfnet.MissingFileError)

    def test_a_path_that_is_not_utf8(self):
        error = self.raised(gfnet.MissingFileError, lambda: classifier(MODEL)("\udcff.jpg"), r"\xff.jpg")
        self.assertEqual(error.path, "\udcff.jpg")

    def test_which_of_several(self):
        content = [PHOTOS[0].read_bytes(), b"no image"]
        self.raised(gfnet.FormatError, lambda: classifier(MODEL)(content), "image 1 in memory: not an image")
        self.raised(gfnet.FormatError, lambda: classifier(MODEL)(content[1]), "image in memory: not an image")
        # The classifier can go on.
        self.assertEqual(len(classifier(MODEL)(PHOTOS)), len(PHOTOS))

    def test_wrong_arguments(self):
        for options, saying in (({"precision": "fp8"}, "fp8"), ({"tune": "maybe"}, "maybe"), ({"scores": "none"}, "none"),
                                ({"top": 0}, "top")):
            self.raised(gfnet.ArgumentError, lambda options=options: gfnet.Classifier(MODEL, **options), saying)
        self.raised(gfnet.NoDeviceError, lambda: gfnet.Classifier(MODEL, device="no such device"), "no such device")
        self.raised(TypeError, lambda: pickle.dumps(classifier(MODEL)), "gfnet.Labeller")

    def test_no_driver(self):
        done = run_python("import gfnet; gfnet.devices()", VK_DRIVER_FILES=str(SCRATCH / "none.json"),
                          VK_ICD_FILENAMES=str(SCRATCH / "none.json"))
        self.assertIn("NoDeviceError: the Vulkan loader found no driver", done.stderr)
        self.assertEqual(done.returncode, 1)


if __name__ == "__main__":
    main()
