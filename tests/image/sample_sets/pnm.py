import numpy
from PIL import Image

from writers import pnm


def add(samples, rgb):
    image = Image.fromarray(rgb)
    grey = numpy.asarray(image.convert("L"))
    dark = (grey < 90).astype(int)
    samples.add("rgb.ppm", "PNM", "P5 and P6, 8 bits", (image, {}))
    samples.add("grey.pgm", "PNM", "P5 and P6, 8 bits", (image.convert("L"), {}))

    def write(name, form, *arguments, pixels=None, **options):
        samples.add(name, "PNM", form, pnm(*arguments, **options), pixels)

    bitmaps = "P1 and P4, bitmaps"
    write("plain.pbm", bitmaps, 1, dark, comment="# text\n")
    write("bits.pbm", bitmaps, 4, dark, comment="#\n# two comments\n")
    write("narrow.pbm", bitmaps, 4, dark[:, :7])
    tight = f"P1 37\t23\n" + "".join("".join(map(str, row)) + "\n# row\n" for row in dark.tolist())
    samples.add("tight.pbm", "PNM", bitmaps, tight.encode())
    for name in ("n_p1.pbm", "n_p4.pbm"):
        samples.add(f"field/{name}", "PNM", bitmaps)

    text = "P2 and P3, text"
    write("plain.pgm", text, 2, grey, comment="# grey\n")
    write("plain.ppm", text, 3, rgb, space=" ")
    write("plain_6.ppm", text, 3, rgb // 40, 6)
    write("plain_1000.ppm", text, 3, rgb.astype(int) * 1000 // 255, 1000)

    # PIL joins the digits before and behind a comment.
    joined = "comments within numbers"
    samples.add("joined_width.ppm", "PNM", joined, b"P6\n3#\n7 23\n255\n" + rgb.tobytes())
    samples.add("joined_height.pgm", "PNM", joined, b"P5 37\n2# two comments\n# more\r3 255\n" + grey.tobytes())
    samples.add("joined_largest.pgm", "PNM", joined, b"P5 37 23 2#\n5#\n5\n" + grey.tobytes())
    digits = " ".join(str(value) for value in grey.flatten())
    samples.add("joined_samples.pgm", "PNM", joined, b"P2 37 23 255\n" + digits.replace("1", "#\n1").encode())
    samples.add("not_joined.pgm", "PNM", joined, b"P2 37#\r\n23 255\n" + digits.replace(" ", "#\r\n").encode())
    samples.add("joined.pbm", "PNM", joined, b"P4 3#\r7 23#a\n\t" + numpy.packbits(dark, axis=1).tobytes())

    odd = "other largest samples"
    for largest in (1, 2, 6, 100, 254):
        write(f"largest_{largest}.pgm", odd, 5, grey.astype(int) * largest // 255, largest)
        write(f"largest_{largest}.ppm", odd, 6, rgb.astype(int) * largest // 255, largest)
    write("exceeded.pgm", odd, 5, grey, 200)

    wide = "16 bits"
    for largest in (256, 1023, 65535):
        write(f"largest_{largest}.ppm", wide, 6, rgb.astype(int) * largest // 255, largest)
        # PIL clips 16-bit grey to 255; this is how it scales 16-bit colour.
        high = grey.astype(int) * largest // 255
        scaled = numpy.repeat(numpy.round(high / largest * 255)[:, :, None], 3, axis=2)
        write(f"largest_{largest}.pgm", wide, 5, high, largest, pixels=scaled)
        write(f"plain_{largest}.pgm", wide, 2, high, largest, pixels=scaled)
    samples.add("field/n_p6_16.ppm", "PNM", wide)

    samples.refuse("any.pam", "PAM", "", "PAM",
                   b"P7\nWIDTH 1\nHEIGHT 1\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n123")
    samples.refuse("any.pfm", "PFM", "", "PFM", b"PF\n1 1\n-1.0\n" + bytes(12))
    samples.refuse("grey.pfm", "PFM", "", "PFM", b"Pf\n1 1\n-1.0\n" + bytes(4))
