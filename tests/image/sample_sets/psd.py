import numpy
from PIL import Image

from writers import psd
from .palettes import with_runs


def add(samples, rgb):
    planes = numpy.moveaxis(rgb, 2, 0)
    grey = numpy.asarray(Image.fromarray(rgb).convert("L"))[None]
    alpha = (rgb[:, :, 0] // 2 + 40)[None]
    inks = 255 - numpy.moveaxis(numpy.asarray(Image.fromarray(rgb).convert("CMYK")), 2, 0)
    inks[3] = 255 - rgb[:, :, 2] // 3
    indices, colours = with_runs(rgb, 256)
    palette = numpy.array(colours, numpy.uint8).T.tobytes()
    # A resource without a name, and a layer section that a reader of the merged image passes over.
    resources = b"8BIM\x03\xed\0\0\0\0\0\x10" + bytes(16)
    layers = b"\0\0\0\x0a" + bytes(range(10))

    def write(name, form, *arguments, pixels=None, **options):
        samples.add(name + ".psd", "PSD", form, psd(*arguments, **options), pixels)

    for packing in (0, 1):
        end = "_packed" if packing else ""
        more = {"packing": packing, "resources": resources, "layers": layers}
        write("rgb" + end, "RGB", planes, 3, **more)
        write("rgba" + end, "RGB and alpha", numpy.concatenate([planes, alpha]), 3, **more)
        write("grey" + end, "grey, duotone", grey, 1, **more)
        write("duotone" + end, "grey, duotone", grey, 8, palette=b"any", **more)
        write("cmyk" + end, "CMYK", inks, 4, **more)
        write("indexed" + end, "indexed", indices[None], 2, palette=palette, **more)
    # Packed, PIL reads the sizes of the rows of further channels as pixels. What is expected is what PIL reads of the
    # same channels unpacked.
    further = {
        "grey_alpha": ("grey, duotone", numpy.concatenate([grey, alpha]), 1),
        "duotone_alpha": ("grey, duotone", numpy.concatenate([grey, alpha]), 8),
        "rgb_5": ("RGB and alpha", numpy.concatenate([planes, alpha, grey]), 3),
        "rgb_6": ("RGB and alpha", numpy.concatenate([planes, alpha, grey, alpha]), 3),
        "cmyk_alpha": ("CMYK", numpy.concatenate([inks, alpha]), 4),
        "cmyk_6": ("CMYK", numpy.concatenate([inks, alpha, grey]), 4),
    }
    for name, (form, channels, mode) in further.items():
        write(name, form, channels, mode)
        unpacked = samples.rgb_of(name + ".psd")
        write(name + "_packed", "packed, with further channels (PIL errs)", channels, mode, packing=1, pixels=unpacked)
    # PIL reads no samples of 16 bits.
    grey_rgb = numpy.repeat(grey[0][:, :, None], 3, axis=2)
    write("rgb16", "16 bits a sample (not read by PIL)", planes.astype(numpy.uint16) * 257 - (planes > 0), 3, bits=16,
          pixels=rgb)
    write("grey16_packed", "16 bits a sample (not read by PIL)", grey.astype(numpy.uint16) * 256 + 99, 1, bits=16,
          packing=1, pixels=grey_rgb)
    samples.add("field/s_rgba.psd", "PSD", "RGB and alpha")
    samples.add("field/s_grey.psd", "PSD", "grey, duotone")

    refused = [
        ("bitmap", "bitmap", "bitmap PSD", psd(numpy.packbits(grey > 99, axis=2), 0, bits=1)),
        ("lab", "Lab", "Lab PSD", psd(planes, 9)),
        ("zip", "zip compression", "zip compression", psd(grey, 1)[:-grey.size - 2] + b"\0\2" + bytes(grey.size)),
        ("large", "PSB", "PSB", psd(grey, 1, version=2)),
        ("rgb32", "32 bits a sample", "RGB PSD with 32 bits", psd(planes.astype(numpy.uint32), 3, bits=32)),
    ]
    for name, form, words, content in refused:
        samples.refuse(name + ".psd", "PSD", form, words, content)
