"""Indices and palettes of the samples."""
import numpy


def short_palette(rgb, entries):
    """(indices [H, W] from 0 to 2·entries - 1, `entries` colours): the palette lacks half of them."""
    y, x = numpy.mgrid[0:rgb.shape[0], 0:rgb.shape[1]]
    indices = ((x + y) % (2 * entries)).astype(numpy.uint8)
    colours = [(250 - 9 * i % 200, 17 * i % 256, 40 + 5 * i % 200) for i in range(entries)]
    return indices, colours


def with_runs(rgb, entries):
    """(indices [H, W] with long runs and without any, `entries` colours)."""
    y, x = numpy.mgrid[0:rgb.shape[0], 0:rgb.shape[1]]
    indices = (x // 7 + y // 5 + (y % 4 == 0) * x) % entries
    indices[:, 20:30] = 0
    colours = [(13 * i % 256, 255 - 7 * i % 256, 90 + 31 * i % 160) for i in range(entries)]
    return indices.astype(numpy.uint8), colours
