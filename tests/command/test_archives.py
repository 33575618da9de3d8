"""Images in .tar and .zip archives: labelled without unpacking, in order, with --resume and --shard."""
import bz2
import gzip
import io
import lzma
import os
import shutil
import signal
import struct
import subprocess
import tarfile
import zipfile
import zlib

from PIL import Image

from command import MODEL, SCRATCH, arguments, folder, main
from job import BASE, IMAGES, PLAIN, JobTest, rows_of

KINDS = {"a.tar": "w", "a.tar.gz": "w:gz", "a.tgz": "w:gz", "a.tar.bz2": "w:bz2", "a.tbz2": "w:bz2",
         "A.TAR.XZ": "w:xz", "a.txz": "w:xz"}


def packed_by_compress(data):
    """In the format of the program compress: each byte as a code, whose width grows with the list of codes."""
    buffer, filled, width, known, out = 0, 0, 9, 256, bytearray(b"\x1f\x9d\x90")
    for byte in data:
        buffer |= byte << filled
        filled += width
        known = min(known + 1, 1 << 16)
        if known >= 1 << width and width < 16:
            width += 1
        while filled >= 8:
            out.append(buffer & 0xFF)
            buffer >>= 8
            filled -= 8
    return bytes(out) + bytes([buffer])


def add(archive, name, data=b"", kind=tarfile.REGTYPE, target=""):
    entry = tarfile.TarInfo(name)
    entry.size, entry.type, entry.linkname = len(data), kind, target
    archive.addfile(entry, io.BytesIO(data))


class Archives(JobTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one = cls.images[0].read_bytes()
        cls.members = [(f"set/{i:03}.jpg", path.read_bytes()) for i, path in enumerate(cls.images)]
        for name, data in cls.members:
            file = SCRATCH / "unpacked" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        cls.archives = [cls.tar(name, mode) for name, mode in KINDS.items()]
        cls.archives.append(cls.zip("a.zip", zipfile.ZIP_DEFLATED))
        cls.archives.append(cls.zip("stored.ZIP", zipfile.ZIP_STORED))
        plain = SCRATCH / "a.tar"
        if shutil.which("zstd"):  # Python packs no Zstandard
            subprocess.run(["zstd", "-q", "-f", plain, "-o", SCRATCH / "a.tar.zst"], check=True)
            cls.archives.append(SCRATCH / "a.tar.zst")
        if shutil.which("lz4"):
            subprocess.run(["lz4", "-q", "-f", plain, SCRATCH / "a.tar.lz4"], check=True)
            cls.archives.append(SCRATCH / "a.tar.lz4")
        for name in ("a.tar.lzma", "a.tlz"):
            (SCRATCH / name).write_bytes(lzma.compress(plain.read_bytes(), lzma.FORMAT_ALONE))
            cls.archives.append(SCRATCH / name)
        (SCRATCH / "a.tar.Z").write_bytes(packed_by_compress(plain.read_bytes()))
        cls.archives.append(SCRATCH / "a.tar.Z")

    @classmethod
    def tar(cls, name, mode="w", members=None, **options):
        path = SCRATCH / name
        with tarfile.open(path, mode, **options) as archive:
            add(archive, "set", kind=tarfile.DIRTYPE)
            for member, data in members or cls.members:
                add(archive, member, data)
        return path

    @classmethod
    def zip(cls, name, compression=zipfile.ZIP_DEFLATED, members=None):
        path = SCRATCH / name
        with zipfile.ZipFile(path, "w", compression) as archive:
            archive.writestr("set/", b"")
            for member, data in members or cls.members:
                archive.writestr(member, data)
        return path

    def labels(self, *args, status=0, **options):
        """The rows of a run, as {path: (label or class, cause)}, in order."""
        result = self.run_command(*BASE, *args, **options)
        self.assertEqual(result.status, status, result.stderr)
        return {row["path"]: (row["class_1"], row["error"]) for row in rows_of(result.stdout)}, result

    def test_every_kind_is_labelled_as_the_folder_is(self):
        expected, _ = self.labels(SCRATCH / "unpacked")
        self.assertEqual(len(expected), IMAGES)
        for archive in self.archives:
            with self.subTest(archive.name):
                rows, result = self.labels(archive)
                unpacked = {path.replace(f"{archive}/", f"{SCRATCH / 'unpacked'}/"): row
                            for path, row in rows.items()}
                self.assertEqual(list(unpacked.items()), list(expected.items()))
                self.assertNotIn("skipped", result.stderr)

    def test_a_webdataset_shard(self):
        members = [(f"{i:06}.{kind}", data) for i, (_, jpeg) in enumerate(self.members[:6])
                   for kind, data in (("jpg", jpeg), ("cls", b"3"), ("json", b"{}"))]
        shards = [self.tar(f"shard-{i}.tar", members=members[9 * i:9 * i + 9]) for i in range(2)]
        rows, result = self.labels(*shards)
        self.assertEqual(list(rows), [f"{shards[i // 3]}/{i:06}.jpg" for i in range(6)])
        self.assertIn("6 labelled, 12 other files skipped", result.summary)
        listed, _ = self.labels("-", stdin="\n".join(map(str, shards)).encode())
        self.assertEqual(listed, rows)

    def test_names(self):
        names = SCRATCH / "names.tar"
        with tarfile.open(names, "w", format=tarfile.USTAR_FORMAT, encoding="latin-1") as archive:
            for name in ("./dot.jpg", "/absolute.jpg", "../up.jpg", "caf\xe9.jpg", "UPPER.JPG"):
                add(archive, name, self.one)
        pax = SCRATCH / "pax.tar"
        long = "x" * 150 + "/" + "y" * 150 + "猫.jpg"
        with tarfile.open(pax, "w", format=tarfile.PAX_FORMAT) as archive:
            add(archive, long, self.one)
        packed = self.zip("names.zip", members=[("猫/ü.jpg", self.one)])
        for locale in ("C", "C.UTF-8"):
            result = self.run_command(*BASE, names, pax, packed, LC_ALL=locale)
            self.assertEqual(result.status, 0, result.stderr)
            paths = [os.fsencode(row["path"]) for row in rows_of(result.stdout)]
            expected = [os.fsencode(names) + b"/" + name for name in
                        (b"dot.jpg", b"absolute.jpg", b"../up.jpg", b"caf\xe9.jpg", b"UPPER.JPG")]
            expected += [f"{pax}/{long}".encode(), f"{packed}/猫/ü.jpg".encode()]
            self.assertEqual(paths, expected)

    def test_members_that_are_no_images(self):
        odd = SCRATCH / "odd.tar"
        with tarfile.open(odd, "w") as archive:
            add(archive, "good.jpg", self.one)
            add(archive, "link.jpg", kind=tarfile.SYMTYPE, target="good.jpg")
            add(archive, "hard.jpg", kind=tarfile.LNKTYPE, target="good.jpg")
            add(archive, "pipe.jpg", kind=tarfile.FIFOTYPE)
            add(archive, "empty.jpg")
            add(archive, "text.jpg", b"no image")
            add(archive, "last.jpg", self.one)
        rows, _ = self.labels(odd, status=1)
        causes = {path.removeprefix(f"{odd}/"): cause for path, (_, cause) in rows.items()}
        self.assertEqual(list(causes), ["good.jpg", "link.jpg", "hard.jpg", "pipe.jpg", "empty.jpg", "text.jpg",
                                        "last.jpg"])
        self.assertEqual((causes["good.jpg"], causes["last.jpg"]), ("", ""))
        self.assertIn("link", causes["link.jpg"])
        self.assertIn("link", causes["hard.jpg"])
        self.assertIn("regular", causes["pipe.jpg"])
        self.assertIn("empty", causes["empty.jpg"])
        self.assertIn("not an image", causes["text.jpg"])

    def test_damage_in_one_member_of_a_zip(self):
        path = self.zip("damaged.zip", zipfile.ZIP_STORED, self.members[:3])
        whole = bytearray(path.read_bytes())
        at = whole.find(self.members[1][1]) + 200
        whole[at] ^= 0xFF
        path.write_bytes(whole)
        rows, _ = self.labels(path, status=1)
        self.assertEqual([bool(cause) for _, cause in rows.values()], [False, True, False])
        # Bit 0 of the flags: encrypted. In the local header and in the directory.
        path = self.zip("encrypted.zip", zipfile.ZIP_STORED, self.members[:1])
        content = bytearray(path.read_bytes())
        name = content.find(b"PK\x03\x04", content.find(b"set/000.jpg") - 40)
        entry = content.rfind(b"PK\x01\x02")
        for flags in (name + 6, entry + 8):
            struct.pack_into("<H", content, flags, 1)
        path.write_bytes(content)
        rows, _ = self.labels(path, status=1)
        self.assertIn("encrypted", rows[f"{path}/set/000.jpg"][1])

    def test_damage_that_only_the_checksum_of_gzip_shows(self):
        bitmap = SCRATCH / "flat.bmp"
        Image.new("RGB", (64, 64), (200, 30, 60)).save(bitmap)
        plain = self.tar("bitmap.tar", members=[("0.bmp", bitmap.read_bytes())]).read_bytes()
        stored = gzip.compress(plain, 0)
        path = SCRATCH / "bitmap.tar.gz"
        damaged = stored.replace(bytes([60, 30, 200]) * 64, bytes(192), 1)
        self.assertNotEqual(damaged, stored)
        for content, saying in ((damaged, "incorrect data check"), (stored[:-8] + bytes(8), "incorrect data check"),
                                (stored[:-4], "truncated")):
            path.write_bytes(content)
            rows, _ = self.labels(path, status=1)
            self.assertIn(saying, rows[str(path)][1])
        # In several parts, and with padding after the last.
        half = len(plain) // 2
        path.write_bytes(gzip.compress(plain[:half]) + gzip.compress(plain[half:]) + bytes(512))
        self.assertEqual(len(self.labels(path)[0]), 1)

    def test_images_far_larger_than_their_archive(self):
        large = bytes(280_000_000)
        for path in (self.tar("bomb.tar.gz", "w:gz", [("0.png", large), ("1.jpg", self.one)]),
                     self.zip("bomb.zip", members=[("0.png", large), ("1.jpg", self.one)])):
            rows, _ = self.labels(path, status=1)
            self.assertIn("far larger", rows[f"{path}/0.png"][1])
            self.assertEqual(rows[f"{path}/1.jpg"][1], "")
        # Each fits, but not all of them. A run that reads only some of them refuses the same ones.
        images = [(f"{i}.png", bytes(80_000_000)) for i in range(4)] + [("9.jpg", self.one)]
        path = self.zip("many.zip", members=images)
        rows, _ = self.labels(path, status=1)
        self.assertEqual(["far larger" in cause for _, cause in rows.values()], [False, False, False, True, False])
        shards = {}
        for shard in ("1/2", "2/2"):
            shards |= self.labels(path, "--shard", shard, status=1)[0]
        self.assertEqual(shards, rows)

    def test_images_with_far_more_pixels_than_their_archive_has_bytes(self):
        content = io.BytesIO()
        Image.new("1", (8400, 8400)).save(content, "PNG")
        path = self.tar("pixels.tar.xz", "w:xz", [(f"{i}.png", content.getvalue()) for i in range(5)] +
                        [("9.jpg", self.one)])
        rows, _ = self.labels(path, status=1)
        refused = ["far more pixels" in cause for _, cause in rows.values()]
        self.assertEqual((refused.count(True), refused[-1]), (2, False))

    def test_far_more_members_than_an_archive_of_its_size(self):
        path = self.tar("headers.tar.gz", "w:gz", [(f"{i}.txt", b"") for i in range(3000)] + [("9.jpg", self.one)])
        self.assertLess(path.stat().st_size, 2000 * 32)
        rows, _ = self.labels(path, status=1)
        self.assertEqual(len(rows), 1)
        self.assertIn("far more than an archive of its size", rows[str(path)][1])

    def test_what_is_passed_over_has_a_limit(self):
        image, after, waste = io.BytesIO(), io.BytesIO(), tarfile.TarInfo("waste.bin")
        with tarfile.open(fileobj=image, mode="w") as archive:
            add(archive, "0.jpg", self.one)
        with tarfile.open(fileobj=after, mode="w") as archive:
            add(archive, "9.jpg", self.one)
        waste.size = 600_000_000
        before = image.getvalue().rstrip(b"\0")
        before += bytes(-len(before) % 512)  # without the mark at the end
        for name, compress in (("waste.tar.gz", gzip.compress), ("waste.tar.bz2", bz2.compress),
                               ("waste.tar.xz", lzma.compress)):
            with self.subTest(name):
                zeros = 12 * compress(bytes(50_000_000))  # each of the formats may have several parts
                path = SCRATCH / name
                path.write_bytes(compress(before + waste.tobuf()) + zeros + compress(after.getvalue()))
                rows, _ = self.labels(path, status=1)
                self.assertEqual([key for key, (_, cause) in rows.items() if not cause], [f"{path}/0.jpg"])
                self.assertIn("read no further: it unpacks to more than 536 MB", rows[str(path)][1])
        # Also what follows the tar file in a gzip file: its checksum is behind it.
        path = SCRATCH / "tail.tar.gz"
        path.write_bytes(gzip.compress(image.getvalue()) + 12 * gzip.compress(bytes(50_000_000)))
        self.assertIn("read no further", self.labels(path, status=1)[0][str(path)][1])

    def test_holes_in_a_sparse_member(self):
        """GNU tar leaves out what is zero; also at the end, where libarchive says nothing of it."""
        place = folder("holes")
        image = Image.new("RGB", (64, 640))
        image.paste((200, 120, 40), (0, 320, 64, 640))  # a BMP begins with the lowest line
        image.save(place / "a.bmp")
        with open(place / "b.bmp", "wb") as file:
            content = (place / "a.bmp").read_bytes()
            file.write(content.rstrip(b"\0"))
            file.truncate(len(content))
        (place / "a.bmp").unlink()
        subprocess.run(["tar", "--sparse", "-cf", "../holes.tar", "b.bmp"], cwd=place, check=True)
        self.assertLess((SCRATCH / "holes.tar").stat().st_size, len(content))
        rows, _ = self.labels(SCRATCH / "holes.tar", place)
        self.assertEqual(len(rows), 2)
        self.assertEqual(len({label for label, _ in rows.values()}), 1)

    def test_archives_that_are_not_read_are_named(self):
        place = folder("unread")
        unread = {"a.7z": "7-Zip", "A.RAR": "RAR", "a.cpio": "cpio", "a.tar.br": "Brotli", "a.z01": "zip -s 0",
                  "a.r00": "divided", "a.zip.001": "divided", "a.jpg.gz": "gzip", "a.iso": "disc", "a.cab": "cabinet",
                  "a.jpg.bz2": "bzip2, which is not read; .zip and .tar, also .tar.gz, .tar.bz2", "a.lz": "lzip",
                  "a.Z": "compress"}
        for name in unread:
            (place / name).write_bytes(b"any content")
        # An image may have such a name.
        images = [shutil.copy(self.images[0], place / name) for name in ("scan.001", "image.br")]
        rows, _ = self.labels(*(place / name for name in unread), *images, status=1)
        for name, what in unread.items():
            with self.subTest(name=name):
                cause = rows[str(place / name)][1]
                self.assertIn(what, cause)
                self.assertIn("not read", cause)
        self.assertEqual([rows[str(image)][1] for image in images], ["", ""])
        self.fail_with(1, "no such file", *BASE, place / "missing.7z")

    def test_damaged_images_with_names_of_archives(self):
        """Their content says what is wrong; the name only where the content is no image."""
        place = folder("damaged names")
        encoded = {"JPEG": self.one}
        for kind in ("PNG", "GIF", "BMP"):
            stream = io.BytesIO()
            Image.effect_noise((64, 64), 80).save(stream, kind)
            encoded[kind] = stream.getvalue()
        paths = []
        for kind, whole in encoded.items():
            for ending in ("001", "r00", "br", "7z"):
                paths.append(place / f"{kind}.{ending}")
                paths[-1].write_bytes(whole[:len(whole) // 2])
        (place / "empty.001").touch()
        rows, _ = self.labels(*paths, place / "empty.001", status=1)
        for path in paths:
            self.assertNotIn("not read", rows[str(path)][1])
        self.assertIn("truncated", rows[str(paths[0])][1])
        self.assertIn("empty", rows[str(place / "empty.001")][1])
        (place / "packed.jpg.gz").write_bytes(gzip.compress(self.one))
        rows, _ = self.labels(place / "packed.jpg.gz", status=1)
        self.assertIn("is a file compressed by gzip, which is not read", rows[str(place / "packed.jpg.gz")][1])

    def test_a_dictionary_that_needs_too_much_memory(self):
        """Wherever it is in a file of xz: in the first block, in a later stream, behind padding."""
        plain = self.tar("dictionary.tar", members=self.members[:3]).read_bytes()

        def xz(data, dictionary, **options):
            return lzma.compress(data, lzma.FORMAT_XZ, filters=[
                *options.pop("before", []), {"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": dictionary}], **options)

        def lzip(data, power):
            raw = lzma.compress(data, lzma.FORMAT_ALONE)[13:]
            body = b"LZIP\1" + bytes([power]) + raw + struct.pack("<IQ", zlib.crc32(data), len(data))
            return body + struct.pack("<Q", len(body) + 8)

        half, noise = len(plain) // 2, os.urandom(200_000)
        usual, large = 1 << 20, 192 << 20
        delta = [{"id": lzma.FILTER_DELTA, "dist": 1}]
        rest = plain[half:]
        padded = self.tar("noise.tar", members=[("a.txt", noise), *self.members[:3]]).read_bytes()
        cases = {"first.tar.xz": (xz(plain, large), False), "as -9.tar.xz": (xz(plain, 64 << 20), True),
                 "most.tar.xz": (xz(plain, 128 << 20), True), "delta.tar.xz": (xz(plain, large, before=delta), False),
                 "two.tar.xz": (xz(plain[:half], usual) + xz(rest, usual), True),
                 "later.tar.xz": (xz(plain[:half], usual) + bytes(8) + xz(rest, large), False),
                 "stored.tar.xz": (xz(padded[:100_000], usual) + xz(padded[100_000:], large), False),
                 "small.tar.lz": (lzip(plain, 23), True), "large.tar.lz": (lzip(plain, 28), False)}
        for check in (lzma.CHECK_NONE, lzma.CHECK_CRC32, lzma.CHECK_SHA256):
            parts = xz(padded[:150_000], usual, check=check), xz(padded[150_000:], large, check=check)
            cases[f"check {check}.tar.xz"] = (b"".join(parts), False)
        for name, (content, is_read) in cases.items():
            with self.subTest(name):
                path = SCRATCH / name
                path.write_bytes(content)
                rows, _ = self.labels(path, status=0 if is_read else 1)
                causes = [cause for _, cause in rows.values() if cause]
                self.assertEqual(len(rows) == 3 and not causes, is_read, rows)
                if not is_read and name != "large.tar.lz":  # which libarchive may refuse before
                    self.assertEqual(causes[-1], "needs a dictionary of more than 128 MiB to be unpacked")

    def test_a_zip_archive_in_several_parts(self):
        if not shutil.which("zip"):
            self.skipTest("zip is not installed")
        place = folder("divided")
        for i in range(12):
            (place / f"{i}.jpg").write_bytes(self.members[i][1] + os.urandom(9000))
        subprocess.run(["zip", "-q", "-0", "-s", "64k", "all.zip", *(f"{i}.jpg" for i in range(12))], cwd=place,
                       check=True)
        self.assertTrue((place / "all.z01").exists())
        for name in ("all.zip", "all.z01"):
            rows, _ = self.labels(place / name, status=1)
            self.assertEqual(list(rows), [str(place / name)])
            self.assertIn("zip -s 0", rows[str(place / name)][1])

    def test_attributes_that_macos_keeps_in_files_are_skipped(self):
        path = self.zip("mac.zip", members=[self.members[0], ("__MACOSX/set/._000.jpg", b"\0\5\x16\7")])
        rows, result = self.labels(path)
        self.assertEqual(len(rows), 1)
        self.assertIn("1 other files skipped", result.summary)

    def test_archives_that_are_cut_or_none_at_all(self):
        for archive in self.archives:
            if archive.suffix in (".tgz", ".tbz2", ".txz", ".tlz"):
                continue  # as .tar.gz, and so on
            with self.subTest(archive.name):
                content = archive.read_bytes()
                cut = folder(f"cut-{archive.name}") / archive.name
                cut.write_bytes(content[:len(content) * 3 // 4])
                rows, _ = self.labels(cut, status=1)
                failed = [path for path, (_, cause) in rows.items() if cause]
                # The member that is cut, or the archive that ends too early, or both.
                self.assertIn(len(failed), (1, 2))
                self.assertEqual(failed, list(rows)[-len(failed):])
                self.assertLess(len(rows), IMAGES)
        # The record at the end of a zip archive takes 22 bytes.
        for missing in (1, 10, 22, 23):
            cut = SCRATCH / "cut.zip"
            cut.write_bytes((SCRATCH / "a.zip").read_bytes()[:-missing])
            rows, _ = self.labels(cut, status=1)
            self.assertEqual(len(rows), IMAGES + 1)
            self.assertEqual(rows[str(cut)][1], "has no directory in its last 64 KB; it may be cut")
        none = {"empty.tar": b"", "text.zip": b"no archive" * 100, "noise.tar.gz": b"\x1f\x8b" + bytes(range(256)),
                "bare.tar": self.tar("bare.tar", members=[("a.txt", b"x")]).read_bytes()}
        saying = {"bare.tar": "no images", "empty.tar": "empty"}
        for name, content in none.items():
            with self.subTest(name):
                (SCRATCH / name).write_bytes(content)
                self.fail_with(1, saying.get(name, "archive"), *BASE, SCRATCH / name)
        self.fail_with(1, "no such file", *BASE, SCRATCH / "missing.tar")
        lone = folder("shelf")
        self.tar("shelf/inside.tar")
        self.fail_with(1, "no images in this folder; its archives", *BASE, lone)

    def test_resume_and_shard(self):
        for archive in (SCRATCH / "a.tar.gz", SCRATCH / "a.zip"):
            whole = self.run_command(*BASE, archive).stdout
            lines = whole.splitlines(keepends=True)
            for rows in (0, 17) if archive.suffix == ".zip" else (1, 17, IMAGES):
                output = SCRATCH / f"begun-{archive.name}-{rows}.csv"
                output.write_bytes(b"".join(lines[:rows + 1]))
                self.succeed(*BASE, archive, "--output", output, "--resume")
                self.assertEqual(output.read_bytes(), whole)
            shards = [self.run_command(*BASE, archive, "--shard", f"{k}/3").stdout.splitlines()[1:]
                      for k in (1, 2, 3)]
            joined = [shards[i % 3][i // 3] for i in range(IMAGES)]
            self.assertEqual(joined, whole.splitlines()[1:])

    def test_no_output_replaces_an_archive(self):
        archive = SCRATCH / "a.zip"
        before = archive.read_bytes()
        for args, stdin in (([archive], b""), (["-"], os.fsencode(archive))):
            for option in ("--output", "--logits"):
                self.fail_with(2, str(archive), *BASE, *args, option, archive, stdin=stdin)
                self.assertEqual(archive.read_bytes(), before)

    def test_explain(self):
        sheet = SCRATCH / "sheet.png"
        archive = self.zip("few.zip", members=self.members[:2])
        text = self.succeed("explain", "--model", MODEL, archive, "--output", sheet).text
        self.assertIn("few.zip/set/001.jpg", text)
        self.assertGreater(sheet.stat().st_size, 1000)

    def test_ctrl_c_and_memory(self):
        """Of a large archive: whole rows after Ctrl-C, and a peak that does not grow with the members."""
        peaks = []
        for count in (200, 4000):
            members = [(f"{i:05}.jpg", self.members[i % IMAGES][1]) for i in range(count)]
            archive = self.tar(f"{count}.tar", members=members)
            output = SCRATCH / f"{count}.csv"
            with subprocess.Popen(arguments([*BASE, archive, "--output", output]), env=PLAIN,
                                  stderr=subprocess.DEVNULL) as command:
                _, status, usage = os.wait4(command.pid, 0)
                command.returncode = os.waitstatus_to_exitcode(status)
            self.assertEqual(command.returncode, 0)
            self.assertEqual(output.read_bytes().count(b"\n"), count + 1)
            peaks.append(usage.ru_maxrss)
        self.assertLess(peaks[1], peaks[0] + 20_000, "KiB")

        whole = output.read_bytes()
        command = self.start(*BASE, archive, "--output", SCRATCH / "ended.csv")
        self.wait_for_rows(command, SCRATCH / "ended.csv", 50)
        command.send_signal(signal.SIGINT)
        stderr = command.communicate(timeout=60)[1].decode()
        self.assertEqual(command.returncode, 130, stderr)
        left = (SCRATCH / "ended.csv").read_bytes()
        self.assertTrue(whole.startswith(left) and left.endswith(b"\n"))
        self.assertLess(len(left), len(whole))


if __name__ == "__main__":
    main()
