from PIL import Image

from writers import gif
from .palettes import short_palette, with_runs


def add(samples, rgb):
    image = Image.fromarray(rgb)
    height, width, _ = rgb.shape
    samples.add("palette.gif", "GIF", "one frame", (image.quantize(16), {}))
    short, few = short_palette(rgb, 16)
    picture = Image.fromarray(short, "P")
    picture.putpalette(sum(few, ()))
    samples.add("short8.gif", "GIF", "indices beyond the palette", (picture, {"optimize": False}))
    indices, colours = with_runs(rgb, 64)
    other = [colour[::-1] for colour in colours]

    def write(name, form, *arguments, **options):
        samples.add(name, "GIF", form, gif(*arguments, **options))

    beyond = "indices beyond the palette"
    write("short_local.gif", beyond, short, other, few)
    write("short_transparent.gif", beyond, short, few, transparent=200, at=(3, 1), screen=(44, 30))
    write("short_interlaced.gif", beyond, short, few, interlaced=True)
    write("interlaced.gif", "interlaced", indices, colours, interlaced=True)
    write("interlaced_small.gif", "interlaced", indices[:3, :5], colours, interlaced=True)
    write("local.gif", "palette of the frame", indices, other, colours)
    write("local_only.gif", "palette of the frame", indices, (), colours)
    write("none.gif", "no palette: grey", indices)
    write("grey.gif", "no palette: grey", indices, [(i, i, i) for i in range(16)])
    write("noise.gif", "one frame", (rgb[:, :, 0].astype(int) * 31 + rgb[:, :, 1] * 7) % 256, colours * 4)
    write("few_colours.gif", "one frame", indices % 4, colours[:4], code_bits=2)
    transparent = "transparent"
    write("transparent.gif", transparent, indices, colours, transparent=0)
    write("transparent_local.gif", transparent, indices, other, colours, transparent=9)
    write("transparent_interlaced.gif", transparent, indices, colours, transparent=63, interlaced=True)
    part = "frame smaller than the screen"
    write("offset.gif", part, indices[:9, :11], colours, screen=(width, height), at=(13, 4))
    write("offset_transparent.gif", part, indices[:9, :11], colours, screen=(width, height), at=(13, 4), transparent=7)
    write("offset_local.gif", part, indices[:9, :11], other, colours, screen=(30, 20), at=(1, 11), background=5)
    write("offset_interlaced.gif", part, indices, colours, screen=(60, 40), at=(20, 10), interlaced=True)
    larger = "frame larger than the screen"
    write("larger.gif", larger, indices, colours, screen=(10, 10))
    write("outside.gif", larger, indices, colours, screen=(20, 20), at=(25, 3), transparent=2)
    write("taller.gif", larger, indices, colours, screen=(width + 9, 5))
    zero = "screen of 0×0"
    write("zero.gif", zero, indices, colours, screen=(0, 0), interlaced=True)
    write("zero_offset.gif", zero, indices, colours, screen=(0, 0), at=(3, 2))
    write("zero_width.gif", zero, indices, colours, screen=(0, height))
    write("zero_transparent.gif", zero, indices, (), colours, screen=(0, 0), at=(0, 5), transparent=1)
    second = gif(indices[::-1], colours, transparent=3)
    second = second[second.index(b"!\xf9"):-1]
    loop = b"!\xff\x0bNETSCAPE2.0\3\1\0\0\0"
    comment = b"!\xfe\x05first\0"
    write("animated.gif", "animated: first frame", indices, colours, before=loop + comment, after=second)
    write("animated_offset.gif", "animated: first frame", indices[:8, :8], colours, screen=(width, height), at=(2, 2),
          transparent=5, after=second)
    samples.add("field/g_transparent.gif", "GIF", transparent)
    samples.add("field/g_offset_small.gif", "GIF", part)
    samples.add("field/g_zero_screen.gif", "GIF", zero)
