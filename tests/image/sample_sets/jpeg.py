from PIL import Image

# stb_image rounds differently in the inverse DCT, in the upsampling and in the colour conversion.


def add(samples, rgb):
    image = Image.fromarray(rgb)
    files = [
        ("rgb.jpg", "YCbCr", image, {"quality": 90}, 8),
        ("rgb444.jpg", "YCbCr", image, {"quality": 90, "subsampling": 0}, 4),
        ("progressive.jpg", "progressive", image, {"quality": 85, "progressive": True}, 8),
        ("grey.jpg", "grey", image.convert("L"), {"quality": 90}, 2),
        ("cmyk.jpg", "CMYK and YCCK", image.convert("CMYK"), {"quality": 90}, 8),
    ]
    for name, form, picture, options, fallback in files:
        samples.add(name, "JPEG", form, (picture, options), fallback=fallback)
    samples.add("ycck.jpg", "JPEG", "CMYK and YCCK", fallback=8)
    samples.refuse("field/j24_12bit.jpg", "JPEG", "12 bits a sample", "12-bit JPEG")
    samples.refuse("field/j25_lossless8.jpg", "JPEG", "lossless", "lossless JPEG")
