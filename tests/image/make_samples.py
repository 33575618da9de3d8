"""Writes data/: small images in every format and mode, and beside each the RGB that PIL reads.

Run with a Python that has Pillow and numpy. PIL does not write two of the files: rgb16.png is
assembled here, and ycck.jpg (a YCCK JPEG with Adobe's marker) is kept; only its .rgb is rewritten.
Old versions of Pillow show greys where an index is beyond the palette: use version 13.0 or newer.
"""
import pathlib
import struct
import zlib

import numpy
from PIL import Image

DATA = pathlib.Path(__file__).parent / "data"
WIDTH, HEIGHT = 37, 23


def sample_image():
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


def chunk(kind, data):
    """A chunk of a PNG file."""
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def write_png16(name, samples):
    """samples: [H, W, 3] uint16. PIL cannot write 16-bit RGB."""
    height, width, _ = samples.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)
    (DATA / name).write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
    expect(name, samples >> 8)


def short_palette(entries):
    """(indices [HEIGHT, WIDTH] uint8 from 0 to 2·entries - 1, `entries` colours): the palette lacks half of them."""
    y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH]
    indices = ((x + y) % (2 * entries)).astype(numpy.uint8)
    colours = [(250 - 9 * i % 200, 17 * i % 256, 40 + 5 * i % 200) for i in range(entries)]
    return indices, colours


def packed(row, bits):
    """The bytes of a row of indices, the first in the highest bits."""
    text = "".join(f"{index:0{bits}b}" for index in row)
    return int(text.ljust(-(-len(text) // 8) * 8, "0"), 2).to_bytes(-(-len(text) // 8), "big")


def write_indexed_bmp(name, bits, entries, indices, colours, os2=False, gap=b""):
    """PIL cannot write a short palette. entries: the header's number of palette entries; 0 means all."""
    if os2:
        header = struct.pack("<IHHHH", 12, WIDTH, HEIGHT, 1, bits)
    else:
        header = struct.pack("<IiiHHIIiiII", 40, WIDTH, HEIGHT, 1, bits, 0, 0, 0, 0, entries, 0)
    palette = b"".join(bytes((b, g, r)) + (b"" if os2 else b"\0") for r, g, b in colours)
    rows = [packed(row, bits) for row in indices[::-1]]
    pixels = b"".join(row + bytes(-len(row) % 4) for row in rows)
    offset = 14 + len(header) + len(palette) + len(gap)
    head = b"BM" + struct.pack("<IHHI", offset + len(pixels), 0, 0, offset)
    (DATA / name).write_bytes(head + header + palette + gap + pixels)
    expect(name, numpy.asarray(Image.open(DATA / name).convert("RGB")))


def write_indexed_png(name, bits, indices, colours):
    rows = b"".join(b"\0" + packed(row, bits) for row in indices)
    (DATA / name).write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, bits, 3, 0, 0, 0))
        + chunk(b"PLTE", bytes(sum(colours, ())))
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b""))
    expect(name, numpy.asarray(Image.open(DATA / name).convert("RGB")))


def write_indexed_tga(name, first, indices, colours, rle=False):
    """first: the index of the palette's first colour."""
    head = struct.pack("<BBBHHBHHHHBB", 5, 1, 9 if rle else 1, first, len(colours), 24, 0, 0, WIDTH,
                       HEIGHT, 8, 0x20)
    palette = b"".join(bytes((b, g, r)) for r, g, b in colours)
    rows = [bytes(row) for row in indices]
    if rle:
        rows = [bytes([len(row) - 1]) + row for row in rows]
    (DATA / name).write_bytes(head + b"notes" + palette + b"".join(rows))
    expect(name, numpy.asarray(Image.open(DATA / name).convert("RGB")))


def write_short_palettes():
    """Writes files with palettes that lack entries, and with complete palettes that are easily misread."""
    indices, colours = short_palette(16)
    write_indexed_bmp("short8.bmp", 8, 16, indices, colours)
    write_indexed_bmp("short8_gap.bmp", 8, 16, indices, colours, gap=b"\x55" * 40)
    write_indexed_png("short8.png", 8, indices, colours)
    write_indexed_tga("short8.tga", 0, indices, colours)
    write_indexed_tga("short8_first.tga", 5, indices, colours)
    write_indexed_tga("short8_rle.tga", 0, indices, colours, rle=True)
    image = Image.fromarray(indices, "P")
    image.putpalette(sum(colours, ()))
    image.save(DATA / "short8.gif", optimize=False)
    expect("short8.gif", numpy.asarray(Image.open(DATA / "short8.gif").convert("RGB")))

    indices, colours = short_palette(5)
    write_indexed_bmp("short4.bmp", 4, 5, indices, colours)
    write_indexed_png("short4.png", 4, indices, colours)
    indices, colours = short_palette(1)
    write_indexed_bmp("short1.bmp", 1, 1, indices, colours)
    write_indexed_png("short1.png", 1, indices, colours)
    # Complete palettes, with the 12-byte header of OS/2.
    indices, colours = short_palette(128)
    write_indexed_bmp("os2_8.bmp", 8, 0, indices + 197, colours + colours[::-1], os2=True)  # to 255
    indices, colours = short_palette(8)
    write_indexed_bmp("os2_4.bmp", 4, 0, indices, colours + colours[::-1], os2=True)
    indices, colours = short_palette(1)
    write_indexed_bmp("os2_1.bmp", 1, 0, indices, colours + [(9, 90, 200)], os2=True)


def main():
    DATA.mkdir(exist_ok=True)
    rgb = sample_image()
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
    write_short_palettes()


if __name__ == "__main__":
    main()
