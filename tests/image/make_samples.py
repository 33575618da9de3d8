"""Writes data/: small images in every format and mode, and beside each the RGB that PIL reads.

Run with a Python that has Pillow and numpy. PIL does not write two of the files: rgb16.png is
assembled here, and ycck.jpg (a YCCK JPEG with Adobe's marker) is kept; only its .rgb is rewritten.
"""
import pathlib
import struct
import zlib

import numpy
from PIL import Image

DATA = pathlib.Path(__file__).parent / "data"
WIDTH, HEIGHT = 37, 23


def picture():
    """A smooth gradient with a few hard edges: [HEIGHT, WIDTH, 3] uint8."""
    y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH]
    rgb = numpy.stack([x * 6, y * 10, (x * y) % 256], axis=-1).astype(numpy.uint8)
    rgb[5:12, 8:20] = (250, 30, 90)
    rgb[15:18, 25:] = (0, 255, 0)
    return rgb


def save(image, name, **options):
    image.save(DATA / name, **options)
    expect(name, numpy.asarray(Image.open(DATA / name).convert("RGB")))


def expect(name, rgb):
    (DATA / (name + ".rgb")).write_bytes(rgb.astype(numpy.uint8).tobytes())


def write_png16(name, samples):
    """samples: [H, W, 3] uint16. PIL cannot write 16-bit RGB."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    height, width, _ = samples.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)
    (DATA / name).write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
    expect(name, samples >> 8)


def main():
    DATA.mkdir(exist_ok=True)
    rgb = picture()
    image = Image.fromarray(rgb)
    grey = image.convert("L")
    alpha = Image.fromarray(rgb[:, :, 0])

    save(image, "rgb.jpg", quality=90)
    save(image, "rgb444.jpg", quality=90, subsampling=0)
    save(image, "progressive.jpg", quality=85, progressive=True)
    save(grey, "grey.jpg", quality=90)
    save(image.convert("CMYK"), "cmyk.jpg", quality=90)
    expect("ycck.jpg", numpy.asarray(Image.open(DATA / "ycck.jpg").convert("RGB")))

    save(image, "rgb.png")
    save(Image.merge("RGBA", (*image.split(), alpha)), "rgba.png")
    save(grey, "grey.png")
    save(Image.merge("LA", (grey, alpha)), "grey_alpha.png")
    save(image.quantize(16), "palette.png")
    save(image.quantize(16), "palette_transparent.png", transparency=3)
    save(grey.convert("1"), "bilevel.png")
    write_png16("rgb16.png", rgb.astype(numpy.uint16) * 251 + 17)
    wide_grey = numpy.asarray(grey).astype(numpy.uint16) * 251 + 17
    Image.fromarray(wide_grey).save(DATA / "grey16.png")
    expect("grey16.png", numpy.repeat((wide_grey >> 8)[:, :, None], 3, axis=2))

    save(image, "rgb.bmp")
    save(image.quantize(16), "palette.bmp")
    save(image, "rgb.tga")
    save(image, "rle.tga", rle=True)
    save(grey, "grey.tga")
    save(image.quantize(16), "palette.gif")
    save(image, "rgb.ppm")
    save(grey, "grey.pgm")


if __name__ == "__main__":
    main()
