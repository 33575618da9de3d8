"""PIL images of every mode give the pixels that gfnet reads from the file, or are refused by name."""
import io
import unittest
import warnings

import numpy
from PIL import Image, ImageOps, features

from package import PHOTOS, ROOT, SCRATCH, gfnet, main

from gfnet import _gfnet, _images

# Files that PIL reads wrongly: docs/image-formats.md. Old versions of PIL also take indices beyond a palette, and RLE, for
# something else.
WRONG_IN_PIL = ("packed", "short", "rle", "bitmap.psd", "grey.pfm")
SAMPLES = [path for path in sorted((ROOT / "tests/image/data").iterdir())
           if not any(part in path.name for part in WRONG_IN_PIL)]


def pixels_of_file(path):
    return _gfnet.load_pixels(str(path))


class Pil(unittest.TestCase):
    def check(self, path, mode):
        with Image.open(path) as image:
            self.assertEqual(image.mode, mode)
            numpy.testing.assert_array_equal(_images._pixels_of_pil(image), pixels_of_file(path))

    def test_files_of_every_mode(self):
        rgba = numpy.random.default_rng(5).integers(0, 256, (17, 23, 4), dtype=numpy.uint8)
        base = Image.fromarray(rgba)
        written = {"1": "png", "L": "png", "LA": "png", "P": "png", "RGB": "png", "RGBA": "png", "CMYK": "jpg"}
        for mode, ending in written.items():
            with self.subTest(mode):
                path = SCRATCH / f"{mode}.{ending}"
                rgb = base.convert("RGB") if mode != "RGBA" else base
                (rgb.convert("L").convert(mode) if mode == "LA" else rgb.convert(mode)).save(path)
                self.check(path, mode)

    def test_the_samples_of_all_formats(self):
        same, refused = 0, set()
        for path in SAMPLES:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    image = Image.open(io.BytesIO(path.read_bytes()))
                    image.load()
            except Exception:  # whatever PIL raises for a file that it does not read
                continue
            with self.subTest(path.name), image:
                try:
                    pixels = _images._pixels_of_pil(image)
                except gfnet.ArgumentError as error:
                    self.assertIn(f"mode {image.mode} ", str(error))
                    refused.add(image.mode)
                    continue
                try:
                    expected = pixels_of_file(path)
                except gfnet.FormatError as error:
                    self.assertIn("without", str(error))  # a build without the format's library
                    continue
                numpy.testing.assert_array_equal(pixels, expected)
                same += 1
        self.assertGreater(same, 100)
        self.assertLessEqual(refused, {"I", "LAB", "F", "YCbCr"})

    def test_greys_of_16_bits_keep_their_high_byte(self):
        grey = numpy.random.default_rng(6).integers(0, 65536, (9, 11), dtype=numpy.uint16)
        path = SCRATCH / "grey16.png"
        Image.fromarray(grey).save(path)
        expected = pixels_of_file(path)
        numpy.testing.assert_array_equal(expected[:, :, 1], grey >> 8)
        for mode, kind in {"I;16": "<u2", "I;16B": ">u2"}.items():
            image = Image.frombytes(mode, (11, 9), grey.astype(kind).tobytes())
            numpy.testing.assert_array_equal(_images._pixels_of_pil(image), expected)

    def test_modes_that_are_refused(self):
        for mode in ("I", "HSV", "LAB", "YCbCr", "RGBa", "La"):
            with self.assertRaisesRegex(gfnet.ArgumentError, f"mode {mode} "):
                _images.item_of(Image.new(mode, (4, 4)))

    def test_orientations(self):
        photo = Image.open(PHOTOS[0])
        photo.thumbnail((60, 60))
        for orientation in range(1, 9):
            with self.subTest(orientation):
                exif = Image.Exif()
                exif[0x0112] = orientation
                path = SCRATCH / f"turned{orientation}.png"
                photo.save(path, exif=exif)
                with Image.open(path) as turned:
                    pixels = _images._pixels_of_pil(turned)
                    numpy.testing.assert_array_equal(pixels, pixels_of_file(path))
                    numpy.testing.assert_array_equal(pixels, numpy.asarray(ImageOps.exif_transpose(turned)))

    @unittest.skipUnless(features.check("jpg"), "PIL without JPEG")
    def test_a_truncated_file(self):
        path = SCRATCH / "short.jpg"
        path.write_bytes(PHOTOS[0].read_bytes()[:20_000])
        with Image.open(path) as image, self.assertRaises(OSError):
            _images.item_of(image)


class Others(unittest.TestCase):
    def assert_refused(self, image, saying):
        with self.assertRaises(gfnet.ArgumentError) as refused:
            _images.items_of(image)
        self.assertIn(saying, str(refused.exception))

    def test_what_is_no_image(self):
        self.assert_refused(3, "not int")
        self.assert_refused({"path": "x"}, "not dict")
        self.assert_refused([None], "not NoneType")
        self.assert_refused("", "no file can have the path")
        self.assert_refused("a\0b", "no file can have the path")
        self.assert_refused("\ud800", "no file can have the path")
        self.assert_refused(numpy.zeros((4, 4, 3)), "not float64")
        self.assert_refused(numpy.zeros((4, 4), numpy.uint8), "[4, 4]")
        self.assert_refused(numpy.zeros((3, 4, 4), numpy.uint8), "[3, 4, 4]")
        self.assert_refused([numpy.zeros((2, 4, 4, 3), numpy.uint8)], "must be one image")

    def test_the_binding_checks_arrays_itself(self):
        for array in (numpy.zeros((4, 4), numpy.uint8), numpy.zeros((4, 4, 3), numpy.int8), numpy.zeros((4, 4, 3), numpy.float32),
                      numpy.zeros((0, 4, 3), numpy.uint8), numpy.zeros((4, 0, 3), numpy.uint8),
                      numpy.zeros((4, 8, 3), numpy.uint8)[:, ::2], numpy.zeros((4, 8, 3), numpy.uint8)[::-1],
                      numpy.zeros((4, 4, 6), numpy.uint8)[:, :, ::2]):
            with self.assertRaises(gfnet.ArgumentError):
                _gfnet.encode_png(array)
        with self.assertRaises(TypeError):
            _gfnet.encode_png(None)

    def test_png_of_pixels(self):
        pixels = numpy.random.default_rng(1).integers(0, 256, (5, 7, 3), dtype=numpy.uint8)
        path = SCRATCH / "pixels.png"
        path.write_bytes(_gfnet.encode_png(pixels[:, :6]))
        numpy.testing.assert_array_equal(numpy.asarray(Image.open(path)), pixels[:, :6])


if __name__ == "__main__":
    main()
