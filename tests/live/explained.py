"""Reads the sheets that gfnet explain and gfnet filters draw, to compare the window with them."""
import re
import subprocess

import numpy

from command.command import COMMAND, ENVIRONMENT, SCRATCH
from live.material import image

# Sizes in the sheets, in pixels (engine/drawing/explain_sheet.cpp, filter_sheet.cpp).
MARGIN, TILE, MOST_WIDTH, SCALE = 16, 256, 448, 92
LARGE_LINE, SMALL_LINE = 24, 12
FILTER_TILE, FILTER_GAP, FILTER_LABEL, FILTER_COLUMNS = 64, 4, 150, 8


def run(*arguments):
    done = subprocess.run([COMMAND, *map(str, arguments)], capture_output=True, text=True,
                          env=ENVIRONMENT, timeout=120, check=True)
    return done.stdout


class Sheet:
    """The sheet of gfnet explain for one image."""

    def __init__(self, path, *options):
        output = SCRATCH / "sheet.png"
        run("explain", path, "--output", output, *options)
        self.image = numpy.asarray(image(output)).astype(float)
        width, height = image(path).size
        scale = min(TILE / height, MOST_WIDTH / width)
        self.width = max(128, round(width * scale))
        self.top = MARGIN + LARGE_LINE + SMALL_LINE
        self.bar = MARGIN + 2 * (self.width + MARGIN) - MARGIN // 2

    def colours(self):
        """[256, 3]: the colours of the heat map, lowest value first."""
        return self.image[self.top:self.top + TILE, self.bar + 3][::-1]

    def planes(self):
        """Places (x, y, width, height) of the spectrum before and after the filter, for square grids."""
        x = self.bar + SCALE
        return [[x + i * (TILE + MARGIN), self.top, TILE, TILE] for i in range(2)]


class HeatMap:
    """The bundled model's heat map of an image, for its most probable class."""

    def __init__(self, path, size):
        values = SCRATCH / "map.npy"
        self.colours = Sheet(path, "--size", size, "--map", values).colours()
        (self.map,) = numpy.load(values).astype(float)
        self.size = size

    def seen(self, width, height):
        """Left, top, width and height of the region that the network sees, in pixels of the image. The
        shorter side is resized to self.size, the longer one in proportion, and the centre is cropped."""
        resized = numpy.array([self.size * width // min(width, height),
                               self.size * height // min(width, height)])
        scale = numpy.array([width, height]) / resized
        start = numpy.round((resized - self.size) / 2) * scale
        return [*start, *(self.size * scale)]

    def sampled(self, y, x):
        """The map at positions given in tokens: Keys' cubic with a = -1/2, edges repeated."""
        def weights(place, count):
            matrix = numpy.zeros((len(place), count))
            for i, centre in enumerate(place - 0.5):
                for token in range(int(numpy.floor(centre)) - 1, int(numpy.floor(centre)) + 3):
                    d = abs(centre - token)
                    weight = 1.5 * d**3 - 2.5 * d**2 + 1 if d < 1 else \
                        -0.5 * d**3 + 2.5 * d**2 - 4 * d + 2 if d < 2 else 0
                    matrix[i, min(max(token, 0), count - 1)] += weight
            return matrix
        return weights(y, self.map.shape[0]) @ self.map @ weights(x, self.map.shape[1]).T

    def bound(self, pixels):
        """Largest difference from over() for a display whose heat map has `pixels` pixels per token.

        Rounding the grey frame, the heat and their mix gives less than 1. A value between two of the
        256 colours may be rounded to the other one. A cubic differs from the straight line between
        neighbouring pixels by at most half a step (h²/8 · |f''| with |f''| ≤ 6 of the range). The
        display interpolates colours linearly between neighbouring pixels, while the colour scale is
        curved."""
        y, x = (numpy.arange(pixels * count + 1) / pixels for count in self.map.shape)
        values = self.sampled(y, x) * 255 / (self.map.max() - self.map.min())
        steps = int(numpy.ceil(max(abs(numpy.diff(values, axis=0)).max(),
                                   abs(numpy.diff(values, axis=1)).max())))
        share = numpy.linspace(0, 1, steps + 1)[:, None]
        bend = max(abs((1 - share) * self.colours[i] + share * self.colours[i + steps]
                       - self.colours[i:i + steps + 1]).max() for i in range(256 - steps))
        return 1 + 0.6 * (1.5 * abs(numpy.diff(self.colours, axis=0)).max() + bend)

    def over(self, shown, area, frame):
        """The expected screenshot with the map, and a mask of the pixels to compare. shown: a screenshot
        without the map. The frame is as large in the area as its aspect ratio allows."""
        x0, y0, width, height = area
        scale = min(width / frame[0], height / frame[1])
        x0 += (width - scale * frame[0]) / 2
        y0 += (height - scale * frame[1]) / 2
        y = (numpy.arange(shown.shape[0]) + 0.5 - y0) / scale
        x = (numpy.arange(shown.shape[1]) + 0.5 - x0) / scale
        left, top, seen_width, seen_height = self.seen(*frame)
        heat = self.sampled((y - top) / seen_height * self.map.shape[0],
                            (x - left) / seen_width * self.map.shape[1])
        place = (heat - self.map.min()) / (self.map.max() - self.map.min())
        colour = self.colours[numpy.round(255 * place.clip(0, 1)).astype(int)]
        grey = shown @ [0.299, 0.587, 0.114]
        mixed = 0.4 * grey[..., None] + 0.6 * colour
        inside = (((y >= top) & (y < top + seen_height))[:, None]
                  & ((x >= left) & (x < left + seen_width)))
        expected = numpy.where(inside[..., None], mixed, 0.35 * shown)
        # The region's edge may be on either side of a pixel's centre.
        edge = numpy.zeros(inside.shape, bool)
        for at in (left, left + seen_width):
            edge[:, abs(x - at) < 2] = True
        for at in (top, top + seen_height):
            edge[abs(y - at) < 2] = True
        frame_rows = (y >= 0) & (y < frame[1])
        frame_columns = (x >= 0) & (x < frame[0])
        return expected, frame_rows[:, None] & frame_columns & ~edge


class FilterSheet:
    """The sheet of gfnet filters for the bundled model."""

    def __init__(self):
        output = SCRATCH / "filters.png"
        table = run("filters", "--output", output).splitlines()[2:]
        self.image = numpy.asarray(image(output)).astype(float)
        self.layers = []
        top = MARGIN + LARGE_LINE + SMALL_LINE + FILTER_GAP
        for line in table:
            layer, _, side, channels, _ = re.split(r"  +", line.strip())
            side = int(side.split("×")[0])
            cell = FILTER_TILE // side * side
            self.layers.append({"layer": int(layer), "side": side, "top": top, "cell": cell,
                                "channels": int(channels)})
            top += max(cell + SMALL_LINE, LARGE_LINE + 2 * SMALL_LINE) + FILTER_GAP

    def tile(self, layer, kind, channel):
        """Place (x, y, width, height) of a channel's tile. The channels shown are spread evenly."""
        shown = [i * layer["channels"] // FILTER_COLUMNS for i in range(FILTER_COLUMNS)]
        half = FILTER_COLUMNS * (FILTER_TILE + FILTER_GAP)
        x = MARGIN + FILTER_LABEL + (0 if kind == "frequency" else half + 2 * MARGIN)
        x += shown.index(channel) * (FILTER_TILE + FILTER_GAP)
        return [x, layer["top"], layer["cell"], layer["cell"]]
