import numpy
from PIL import Image

from writers import tga, tga_pixels
from .palettes import short_palette, with_runs

ORIGINS = {"bottom_left": 0, "bottom_right": 0x10, "top_left": 0x20, "top_right": 0x30}


def add(samples, rgb):
    image = Image.fromarray(rgb)
    samples.add("rgb.tga", "TGA", "24 and 32 bits", (image, {}))
    samples.add("rle.tga", "TGA", "run-length encoded", (image, {"rle": True}))
    samples.add("grey.tga", "TGA", "grey", (image.convert("L"), {}))

    def write(name, form, *arguments, **options):
        samples.add(name + ".tga", "TGA", form, tga(*arguments, **options))

    beyond = "indices beyond the palette"
    indices, colours = short_palette(rgb, 16)
    short = indices[:, :, None]
    write("short8", beyond, short, 1, 8, colours=colours, note=b"notes")
    write("short8_first", beyond, short, 1, 8, colours=colours, first=5, note=b"notes")
    write("short8_rle", beyond, short, 1, 8, colours=colours, rle=True, note=b"notes")
    write("short8_right", beyond, short, 1, 8, 0x10, colours, palette_bits=32)

    runs, many = with_runs(rgb, 256)
    for name, flags in ORIGINS.items():
        write(f"colour_{name}", "all four origins", tga_pixels(rgb, 24), 2, 24, flags)
        write(f"indexed_{name}_rle", "all four origins", runs[:, :, None], 1, 8, flags, many, rle=True)
    samples.add("field/t_24_right.tga", "TGA", "all four origins")
    write("grey_right", "all four origins", rgb[:, :, :1], 3, 8, 0x10)

    write("bits32", "24 and 32 bits", tga_pixels(rgb, 32), 2, 32)
    write("bits32_rle_right", "run-length encoded", tga_pixels(rgb, 32), 2, 32, 0x18, rle=True)
    sixteen = "16 bits"
    write("bits16", sixteen, tga_pixels(rgb, 16), 2, 16)
    write("bits16_rle", sixteen, tga_pixels(rgb, 16), 2, 16, 0x21, rle=True)
    write("palette16", sixteen, runs[:, :, None], 1, 8, 0, many, palette_bits=16)
    write("grey_alpha", "grey", numpy.dstack([rgb[:, :, 1], rgb[:, :, 0]]), 3, 16)
    write("grey_rle", "grey", rgb[:, :, 2:], 3, 8, 0, rle=True)
    # PIL refuses runs that span rows, and palettes that no pixel uses.
    grey = rgb[:, :, :1] // 64
    odd = "runs over rows, unused palette (not read by PIL)"
    samples.add("unused_palette.tga", "TGA", odd, tga(tga_pixels(rgb, 24), 2, 24, colours=colours), rgb)
    samples.add("spanning.tga", "TGA", odd,
                tga(grey, 3, 8, rle=True, spanning=True), numpy.repeat(grey, 3, axis=2))
