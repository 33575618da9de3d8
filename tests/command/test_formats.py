"""Formats of images: which files of a folder are taken, what is refused and how, and the memory of huge images."""
import csv
import io
import os
import shutil
import struct
import subprocess
import zlib

from command import COMMAND, ENVIRONMENT, MODEL, ROOT, CommandTest, folder, main

DATA = ROOT / "tests" / "image" / "data"
REPORTED = DATA / "reported"


class Formats(CommandTest):
    def libraries(self):
        """The optional libraries that the command was built with."""
        lines = self.succeed("--version").text.splitlines()
        return {line.split()[1] for line in lines if line.startswith("with ")}

    def causes(self, *paths):
        """{file name: cause, or "" if it was labelled}"""
        result = self.run_command("classify", "--model", MODEL, *paths, "--top", "1")
        return {os.path.basename(row["path"]): row["error"] for row in csv.DictReader(io.StringIO(result.text))}

    def test_folders_take_every_format(self):
        libraries = self.libraries()
        place = folder("formats")
        needed = {}
        for source, names, library in (
                ("reported/x_webp.webp", ["reported.webp", "UPPER.WEBP", "wrong name.png"], "libwebp"),
                ("optional/lossless.webp", ["other.webp"], "libwebp"),
                ("optional/rgb_tiff_lzw.tif", ["a.tif", "b.tiff", "C.TIF"], "libtiff"),
                ("optional/lossless.avif", ["a.avif"], "libavif"),
                ("optional/lossy420.heic", ["a.heic", "b.HEIF", "c.hif"], "libheif"),
                ("optional/lossless.jxl", ["a.jxl"], "libjxl"),
                ("rgb.png", ["a.png", "b.apng"], ""),
                ("rgb.ppm", ["a.ppm", "b.pnm"], "")):
            for name in names:
                shutil.copy(DATA / source, place / name)
                needed[name] = library
        (place / "notes.txt").write_text("no image")
        causes = self.causes(place)
        self.assertEqual(set(causes), set(needed))
        for name, library in needed.items():
            if library in libraries or library == "":
                self.assertEqual(causes[name], "", name)
            elif library != "libavif" or "libheif" not in libraries:
                self.assertIn(f"gfnet was built without {library}; install {library}-dev", causes[name])

    def test_a_heif_sequence_is_named(self):
        if "libheif" in self.libraries():
            self.assertIn("a HEIF sequence (brand msf1)", self.causes(REPORTED / "x_heif_msf1.jpg")["x_heif_msf1.jpg"])

    def test_a_huge_image_in_a_small_file_is_refused(self):
        place = folder("bomb")
        shutil.copy(REPORTED / "bomb_16383.png", place)
        self.assertIn("declares 16383×16383 pixels, which take 805 MB to decode; a file below 1 MB may take 218 MB",
                      self.causes(place)["bomb_16383.png"])

    def test_huge_images_share_one_limit(self):
        """Each of the four copies has 805 MB of pixels. Decoding one, labelling another and the driver take 2.1 GB. A chunk
        without a meaning makes the file larger than those that may take 256 MB."""
        place = folder("huge")
        bomb = (REPORTED / "bomb_16383.png").read_bytes()
        filler = bytes(1 << 20)
        chunk = struct.pack(">L", len(filler)) + b"fiLl" + filler + struct.pack(">L", zlib.crc32(b"fiLl" + filler))
        for name in "abcd":
            (place / f"{name}.png").write_bytes(bomb[:33] + chunk + bomb[33:])
        process = subprocess.Popen([COMMAND, "classify", "--model", MODEL, place, "--top", "1"], env=ENVIRONMENT,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        rows = list(csv.DictReader(io.TextIOWrapper(process.stdout)))
        process.stdout.close()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0)
        self.assertEqual([os.path.basename(row["path"]) for row in rows], [f"{name}.png" for name in "abcd"])
        self.assertEqual(len({(row["class_1"], row["probability_1"]) for row in rows}), 1)
        self.assertLess(usage.ru_maxrss, 2_500_000)  # in KB


if __name__ == "__main__":
    main()
