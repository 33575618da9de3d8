"""Writes TIFF files that break the standard, and those that PIL misreads."""
import io
import zlib

import numpy
from PIL import Image

from make_samples import HEIGHT, WIDTH
from tiff_writer import DOUBLE, FLOAT, LONG, OFFSET, SHORT, strips, tags, tiff_bytes


def write_odd_tiffs(write_tiff, rgb, grey):
    """Tags as some writers write them: PIL reads these files, and libtiff alone does not.
    write_tiff(name, tags, pieces, **options of tiff_bytes()): keeps a file and what PIL reads."""
    rows = [row.tobytes() for row in rgb]
    pieces = strips(rows, 7)
    right = tags([8] * 3, 2, rows=7, planar=1)

    def write(name, odd=None, **options):
        write_tiff(f"odd_{name}.tif", right, pieces, odd=odd, **options)

    for value in (0, 3):
        write(f"planar_{value}", {284: (SHORT, [value])})
    write("planar_twice", {284: (SHORT, [1, 1])})
    write("rows_offset", {278: (OFFSET, [7])})
    write("rows_twice", {278: (LONG, [7, 9])})
    write("size_offset", {256: (OFFSET, [WIDTH]), 257: (OFFSET, [HEIGHT])})
    for name, kind in (("float", FLOAT), ("double", DOUBLE), ("offset", OFFSET)):
        write(f"colours_{name}", {262: (kind, [2])})
        write(f"bits_{name}", {258: (kind, [8] * 3), 277: (kind, [3]), 259: (kind, [1])}, order=">")
    write("formats", {339: (SHORT, [1, 1])})
    lengths = [len(piece) for piece in pieces]
    write("no_lengths", {279: None})
    write("no_lengths_big", {279: None}, big=True)
    write("lengths_0", {279: (LONG, [0] * 4)})
    write("lengths_first", {279: (LONG, lengths[:1])})
    write("lengths_large", {279: (LONG, [length + 9999 for length in lengths])})
    write("lengths_small", {279: (1, [200] * 4)})
    write("tile_width", {322: (LONG, [16])})
    write("mark", magic=b"II\0*")
    write("mark_big", magic=b"MM*\0", order=">")
    one = strips([row.tobytes() for row in grey], 7)
    colours = [(40 * i + 77 * c) % 256 * 257 for c in range(3) for i in range(256)]
    palette = tags([8], 3, rows=7)
    write_tiff("odd_palette_short.tif", palette, one, odd={320: (SHORT, colours[:3 * 85])})
    write_tiff("odd_palette_third.tif", palette, one, odd={320: (SHORT, colours[:3 * 100 + 1])})
    write_tiff("odd_palette_4.tif", palette, one, odd={320: (LONG, colours[:3 * 4])})
    write_tiff("odd_ycbcr_grey.tif", tags([8], 6, rows=7), one)
    write_tiff("lab.tif", tags([8] * 3, 8, rows=7), pieces)
    lab = numpy.stack([grey, rgb[:, :, 0] // 3 - 40, rgb[:, :, 1] // 3 - 40], 2).astype(numpy.uint8)
    write_tiff("lab_deflate.tif", tags([8] * 3, 8, compression=8), [zlib.compress(lab.tobytes())])
    ramp = numpy.stack([grey, grey * 0, grey * 0], 2)
    write_tiff("lab_grey.tif", tags([8] * 3, 8), [ramp.tobytes()])
    ycbcr = numpy.asarray(Image.fromarray(rgb).convert("YCbCr"))
    full = strips([row.tobytes() for row in ycbcr], 7)
    write_tiff("ycbcr_full.tif", tags([8] * 3, 6, rows=7, subsampling=[1, 1]), full)
    write_tiff("ycbcr_full_unsaid.tif", tags([8] * 3, 6, rows=7), full)
    write_tiff("ycbcr_full_big_endian.tif", tags([8] * 3, 6, rows=7, subsampling=[1, 1]), full, order=">")


def pil_pixels_of(tags, pieces, **options):
    """What PIL reads where each strip is compressed."""
    content = tiff_bytes({**tags, 259: (SHORT, [8])}, [zlib.compress(piece) for piece in pieces], **options)
    with Image.open(io.BytesIO(content)) as image:
        return numpy.asarray(image.convert("RGB"))


def write_misread_tiffs(write_tiff, rgb, grey):
    """Uncompressed files that PIL misreads. What is expected is what it reads of the same strips compressed."""
    ycbcr = numpy.pad(numpy.asarray(Image.fromarray(rgb).convert("YCbCr")), ((0, 1), (0, 3), (0, 0)), "edge")
    for across, down in ((2, 1), (2, 2), (4, 2)):
        pieces = []
        for top in range(0, HEIGHT, 8):
            block = (bytes([*ycbcr[y:y + down, x:x + across, 0].flatten(), *ycbcr[y, x, 1:]])
                     for y in range(top, min(top + 8, HEIGHT), down) for x in range(0, WIDTH, across))
            pieces.append(b"".join(block))
        right = tags([8] * 3, 6, rows=8, subsampling=[across, down])
        write_tiff(f"ycbcr_few_{across}{down}.tif", right, pieces, pil_pixels_of(right, pieces))
    wide = rgb.astype(int) * 251 + 17
    for name, channels, photometric in (("rgb", 3, 2), ("cmyk", 4, 5)):
        for order in "<>":
            right = tags([16] * channels, photometric, planar=2)
            pieces = [wide[:, :, c % 3].astype(order + "u2").tobytes() for c in range(channels)]
            end = "" if order == "<" else "_big_endian"
            write_tiff(f"apart16_{name}{end}.tif", right, pieces, pil_pixels_of(right, pieces, order=order), order=order)
    for order in "<>":
        high = numpy.repeat(255 - (grey.astype(int) * 251 + 17 >> 8)[:, :, None], 3, 2)
        write_tiff("inverted16.tif" if order == "<" else "inverted16_big_endian.tif", tags([16], 0),
                   [(grey.astype(int) * 251 + 17).astype(order + "u2").tobytes()], high, order=order)
