import struct

import numpy
from PIL import Image

from writers import chunk, png
from .palettes import short_palette


def add(samples, rgb):
    image = Image.fromarray(rgb)
    grey = image.convert("L")
    alpha = Image.fromarray(rgb[:, :, 0])

    def encode(name, form, picture, **options):
        samples.add(name, "PNG", form, (picture, options))

    encode("rgb.png", "RGB", image)
    encode("rgba.png", "RGB and alpha", Image.merge("RGBA", (*image.split(), alpha)))
    encode("grey.png", "grey", grey)
    encode("grey_alpha.png", "grey and alpha", Image.merge("LA", (grey, alpha)))
    encode("palette.png", "palette", image.quantize(16))
    encode("palette_transparent.png", "palette, transparent", image.quantize(16), transparency=3)
    encode("bilevel.png", "grey of 1, 2 and 4 bits", grey.convert("1"))

    wide = rgb.astype(numpy.uint16) * 251 + 17
    wide_grey = numpy.asarray(grey).astype(numpy.uint16) * 251 + 17
    repeated = numpy.repeat((wide_grey >> 8)[:, :, None], 3, axis=2)
    encode_wide = "16 bits a sample"
    samples.add("rgb16.png", "PNG", encode_wide, png(wide, 16, 2))
    # PIL clips 16-bit grey to 255; the high byte is what it reads of 16-bit colour.
    samples.add("grey16.png", "PNG", encode_wide, (Image.fromarray(wide_grey), {}), repeated)
    wide_alpha = numpy.dstack([wide, wide[:, :, 0] ^ 0x5555])
    samples.add("rgba16.png", "PNG", encode_wide, png(wide_alpha, 16, 6))
    samples.add("grey_alpha16.png", "PNG", encode_wide, png(numpy.dstack([wide_grey, wide_grey ^ 255]), 16, 4))
    samples.add("rgb16_interlaced.png", "PNG", "interlaced", png(wide, 16, 2, interlaced=True))

    full = numpy.asarray(grey)[:, :, None]
    for bits in (2, 4):
        samples.add(f"grey{bits}.png", "PNG", "grey of 1, 2 and 4 bits", png(full >> 8 - bits, bits, 0))
    samples.add("grey1_interlaced.png", "PNG", "interlaced", png(full >> 7, 1, 0, interlaced=True))
    samples.add("rgb_interlaced.png", "PNG", "interlaced", png(rgb, 8, 2, interlaced=True))
    samples.add("grey_key.png", "PNG", "transparent colour", png(full, 8, 0, before=chunk(b"tRNS", b"\0\x10")))
    samples.add("rgb_key.png", "PNG", "transparent colour",
                png(rgb, 8, 2, before=chunk(b"tRNS", struct.pack(">3H", *rgb[6, 9]))))
    gamma = chunk(b"gAMA", struct.pack(">I", 100000)) + chunk(b"sBIT", b"\5\5\5")
    samples.add("rgb_gamma.png", "PNG", "RGB", png(rgb, 8, 2, before=gamma))

    # The smallest window, which the pixels exceed: it is 0x08 and a checksum instead of 0x78 and another one.
    plain = png(rgb, 8, 2)
    start = plain.index(b"IDAT") + 4
    data = b"\x08\x1d" + plain[start + 2:-16]
    samples.add("small_window.png", "PNG", "RGB", plain[:start - 8] + chunk(b"IDAT", data) + plain[-12:])

    for bits, entries in ((8, 16), (4, 5), (2, 2), (1, 1)):
        indices, colours = short_palette(rgb, entries)
        samples.add(f"short{bits}.png", "PNG", "indices beyond the palette",
                    png(indices[:, :, None], bits, 3, colours=colours))
    indices, colours = short_palette(rgb, 16)
    samples.add("short8_interlaced.png", "PNG", "indices beyond the palette",
                png(indices[:, :, None], 8, 3, True, colours, chunk(b"tRNS", b"\0\x80")))
    samples.add("field/p_pal8_short_plte.png", "PNG", "indices beyond the palette")
    for name in ("p_exif6_rawprofile.png", "p_exif6_with_header.png"):
        samples.add(f"field/{name}", "PNG", "RGB")

    for first in (True, False):
        samples.add("animated.png" if first else "animated_default.png", "PNG", "animated: first frame",
                    animated(rgb, first))


def animated(rgb, default_is_first):
    """An APNG of two frames; without default_is_first the image that is no part of the animation comes before them."""
    height, width, _ = rgb.shape
    frame = png(rgb[::-1], 8, 2)
    data = frame[frame.index(b"IDAT") + 4:frame.index(b"IEND") - 8]

    def control(number):
        return chunk(b"fcTL", struct.pack(">IIIIIHHBB", number, width, height, 0, 0, 1, 10, 0, 0))

    before = chunk(b"acTL", struct.pack(">II", 2, 0)) + (control(0) if default_is_first else b"")
    number = 1 if default_is_first else 0
    after = b""
    for i in range(1 if default_is_first else 2):
        after += control(number + 2 * i) + chunk(b"fdAT", struct.pack(">I", number + 2 * i + 1) + data)
    return png(rgb, 8, 2, before=before, after=after)
