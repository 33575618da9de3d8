"""gfnet classify --link-to and --move-to: files in a folder per label; nothing overwritten, nothing lost."""
import collections
import csv
import ctypes
import errno
import os
import platform
import random
import signal
import struct
import subprocess
import time
import unittest
from pathlib import Path

import samples
from command import MODEL, REFERENCE, SCRATCH, arguments, folder, main, obey_permissions, restart_where_mounting_is_allowed
from job import BASE, PLAIN, JobTest, rows_of


def tree(place):
    """{path below `place`: target of a link, or content} of everything but folders."""
    return {path.relative_to(place).as_posix(): os.readlink(path) if path.is_symlink() else path.read_bytes()
            for path in sorted(place.rglob("*")) if path.is_symlink() or not path.is_dir()}


# Numbers of system calls on x86-64.
RENAMEAT2, LINK, LINKAT = 316, 86, 265


def refusing(calls):
    """For subprocess's preexec_fn: makes system calls fail, as on file systems that lack them. calls: {number: errno}."""
    def install():
        # A seccomp filter, seccomp(2): load the number, compare it with each, answer with the errno or allow.
        code = struct.pack("<HBBI", 0x20, 0, 0, 0)
        for number, answer in calls.items():
            code += struct.pack("<HBBI", 0x15, 0, 1, number) + struct.pack("<HBBI", 0x06, 0, 0, 0x50000 | answer)
        code += struct.pack("<HBBI", 0x06, 0, 0, 0x7FFF0000)
        place = ctypes.create_string_buffer(code, len(code))
        program = struct.pack("@HP", len(code) // 8, ctypes.addressof(place))
        libc = ctypes.CDLL(None, use_errno=True)
        for arguments_ in ((38, 1, 0, 0, 0), (22, 2, program, 0, 0)):  # PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP
            if libc.prctl(*arguments_) != 0:
                raise OSError(ctypes.get_errno(), "prctl")
    return install


def labels_of(rows):
    return {row["path"]: row["label_1"] for row in rows if not row["error"]}


class Sorting(JobTest):
    """The random images get few labels. Their names below are all different from one another."""

    def sorted_rows(self, *args, status=0, **options):
        result = self.bulk(*args, **options)
        self.assertEqual(result.status, status, result.stderr)
        return rows_of(result.stdout)

    def files(self, name, count=12, start=0):
        """A new folder with different images, each with a comment of its own at the end."""
        place = folder(f"{self.id()} {name}")
        for i in range(start, start + count):
            image = self.images[i % len(self.images)].read_bytes()
            (place / f"{i:04}.jpg").write_bytes(image + b"%d" % i)
        return place

    def test_links(self):
        target = SCRATCH / "links"
        rows = self.sorted_rows(*BASE, self.tree, "--link-to", target, status=1)
        found = {link: os.readlink(target / link) for link in tree(target)}
        self.assertEqual(found, {f"{label}/{Path(path).name}": path for path, label in labels_of(rows).items()})
        self.assertGreater(len(set(labels_of(rows).values())), 1)
        self.assertEqual(len(found), len(self.images))
        times = {path: (target / path).lstat().st_mtime_ns for path in found}
        self.assertEqual(self.sorted_rows(*BASE, self.tree, "--link-to", target, status=1), rows)
        self.assertEqual({path: (target / path).lstat().st_mtime_ns for path in tree(target)}, times)
        # With other names for the same places, and with shards: the same links.
        self.sorted_rows(*BASE, "images", "--link-to", "links", status=1, cwd=SCRATCH)
        self.assertEqual(tree(target), found)
        for k in (1, 2, 3):
            self.bulk(*BASE, self.tree, "--link-to", SCRATCH / "shards", "--shard", f"{k}/3")
        self.assertEqual(tree(SCRATCH / "shards"), found)

    def test_threshold(self):
        place = self.files("in")
        rows = self.sorted_rows(*BASE, place)
        shares = sorted(float(row["probability_1"]) for row in rows)
        limit = shares[len(shares) // 2]
        target = SCRATCH / "threshold"
        self.sorted_rows(*BASE, place, "--link-to", target, "--threshold", f"{limit:.9g}")
        unsure = {Path(name).name for name in tree(target) if name.startswith("unsure/")}
        self.assertEqual(unsure, {Path(row["path"]).name for row in rows if float(row["probability_1"]) < limit})
        self.assertGreater(len(unsure), 2)
        everything = SCRATCH / "all unsure"
        self.sorted_rows(*BASE, place, "--move-to", everything, "--threshold", "1")
        self.assertEqual({Path(name).parts[0] for name in tree(everything)}, {"unsure"})
        # What was unsure is sorted again, from one folder of the target into others.
        self.sorted_rows(*BASE, everything / "unsure", "--move-to", everything)
        self.assertEqual(sorted(Path(name).name for name in tree(everything)), [f"{i:04}.jpg" for i in range(12)])
        self.assertEqual({Path(name).parts[0] for name in tree(everything)}, set(labels_of(rows).values()))

    def test_moves(self):
        place = self.files("in")
        (place / "bad.jpg").write_text("no image")
        (place / "notes.txt").write_text("kept")
        before = tree(place)
        target = SCRATCH / "moved"
        output = place / "rows.jpg"  # is among the inputs of the next run only by its name
        rows = self.sorted_rows(*BASE, place, "--link-to", SCRATCH / "expected", status=1)
        expected = tree(SCRATCH / "expected")
        result = self.bulk(*BASE, place, "--move-to", target, "--output", SCRATCH / "moved.csv")
        self.assertEqual((result.status, len(result.errors)), (1, 1), result.stderr)
        with open(SCRATCH / "moved.csv", newline="", encoding="utf-8") as file:
            self.assertEqual(list(csv.DictReader(file)), rows)
        self.assertEqual(tree(place), {name: before[name] for name in ("bad.jpg", "notes.txt")})
        self.assertEqual(tree(target), {name: before[Path(name).name] for name in expected})
        self.assertFalse(output.exists())
        self.fail_with(1, "no images", *BASE, folder("bare"), "--move-to", SCRATCH / "never made")
        (place / "bad.jpg").unlink()
        again = tree(target)
        self.assertEqual(self.sorted_rows(*BASE, place, "--move-to", target), [])
        self.assertEqual(tree(target), again)

    def test_names_that_are_taken(self):
        roots = []
        for i in range(3):
            roots.append(folder(f"taken {i}"))
            (roots[-1] / "same.jpg").write_bytes(self.images[0].read_bytes() + b"%d" % i)
        long = "n" * 251 + ".jpg"
        for root in roots:
            (root / long).write_bytes((root / "same.jpg").read_bytes())
        label = self.sorted_rows(*BASE, roots[0] / "same.jpg")[0]["label_1"]
        for option in ("--link-to", "--move-to"):
            target = SCRATCH / f"taken {option}"
            (target / label).mkdir(parents=True)
            (target / label / "same.jpg").write_text("a stranger's")
            self.sorted_rows(*BASE, *roots, option, target)
            found = tree(target)
            self.assertEqual(found.pop(f"{label}/same.jpg"), b"a stranger's")
            self.assertEqual(len(found), 6)
            for name in found:
                self.assertRegex(name, rf"^{label}/(same-[0-9a-f]{{16}}|n+(-[0-9a-f]{{16}})?)\.jpg$")
            contents = collections.Counter((target / name).read_bytes()[-1:] for name in found)
            self.assertEqual(contents, {b"0": 2, b"1": 2, b"2": 2})
            if option == "--link-to":
                self.sorted_rows(*BASE, *reversed(roots), option, target)
                self.assertEqual(tree(target), {**found, f"{label}/same.jpg": b"a stranger's"})

    def test_links_as_inputs(self):
        place = folder("linked")
        (place / "real").mkdir()
        real = place / "real" / "photo.jpg"
        real.write_bytes(self.images[0].read_bytes())
        (place / "in").mkdir()
        (place / "in" / "relative.jpg").symlink_to("../real/photo.jpg")
        (place / "in" / "absolute.jpg").symlink_to(real)
        (place / "way").symlink_to("in")
        target = place / "out"
        self.sorted_rows(*BASE, place / "way" / "relative.jpg", place / "way" / "absolute.jpg", "--move-to", target)
        self.assertEqual(list((place / "in").iterdir()), [])
        links = list(target.rglob("*.jpg"))
        self.assertEqual(len(links), 2)
        for link in links:
            self.assertTrue(link.is_symlink() and link.samefile(real), link)

    def linked_photo(self, place, chain):
        """A folder with an image and links that lead to it. chain: the names, each a link to the next, at last the image."""
        place.mkdir(parents=True, exist_ok=True)
        (place / chain[-1]).write_bytes(self.images[0].read_bytes())
        for name, following in zip(chain, chain[1:]):
            (place / name).symlink_to(following)

    def assert_links_lead_somewhere(self, place):
        for path in place.rglob("*"):
            self.assertTrue(not path.is_symlink() or path.exists(), f"{path} leads nowhere")

    def test_links_to_other_inputs(self):
        """Neither the link nor the image is moved, in every order; the others are."""
        for number, chain in enumerate((["a.jpg", "b.jpg"], ["b.jpg", "a.jpg"], ["b.jpg", "c.jpg", "a.jpg"],
                                        ["c.jpg", "a.jpg", "b.jpg"], ["a.jpg", "c.jpg", "b.jpg"])):
            root = folder(f"chain {number}")
            self.linked_photo(root / "in", chain)
            for name in ("0.jpg", "d.jpg"):
                (root / "in" / name).write_bytes(self.images[1].read_bytes())
            before = tree(root / "in")
            listed = "\n".join(str(root / "in" / name) for name in sorted(before)).encode()
            for inputs, stdin in (([root / "in"], b""), ([root / "in" / name for name in before], b""), (["-"], listed),
                                  ([root / "in"], b"")):
                with self.subTest(chain=chain, inputs=inputs):
                    result = self.bulk(*BASE, *inputs, "--move-to", root / "out", stdin=stdin)
                    self.assertEqual((result.status, len(result.errors)), (1, len(chain)), result.stderr)
                    for name in chain[:-1]:
                        self.assertRegex(result.stderr, rf"/{name}: is not moved: (it is a link to|the link) '.*--link-to")
                    self.assertRegex(result.stderr, f"/{chain[-1]}: is not moved: the link '.*', which is an input too, leads")
                    self.assertEqual(tree(root / "in"), {name: before[name] for name in chain})
                    self.assertEqual(sorted(Path(name).name for name in tree(root / "out")), ["0.jpg", "d.jpg"])
                    self.assert_links_lead_somewhere(root)
                    for path in (root / "out").rglob("*.jpg"):
                        path.rename(root / "in" / path.name)
            # Without the links among the inputs, the image is moved. Without the image, the link is.
            alone = self.bulk(*BASE, root / "in" / chain[0], "--move-to", root / "out")
            self.assertEqual(alone.status, 0, alone.stderr)
            self.assertEqual((root / "in" / chain[0]).is_symlink(), False)
            self.assert_links_lead_somewhere(root)

    def test_links_through_other_folders(self):
        root = folder("other folders")
        self.linked_photo(root / "in" / "real", ["photo.jpg"])
        (root / "in" / "links").mkdir()
        (root / "way").symlink_to("in")
        (root / "in" / "links" / "a.jpg").symlink_to("../../way/real/../real/photo.jpg")
        (root / "in" / "links" / "b.jpg").symlink_to(root / "way" / "real" / "photo.jpg")
        (root / "in" / "links" / "none.jpg").symlink_to("nothing.jpg")
        os.link(root / "in" / "real" / "photo.jpg", root / "in" / "real" / "hard.jpg")
        before = tree(root / "in")
        output = SCRATCH / "through folders.csv"
        for more in ([], ["--resume"], ["--resume"], []):
            result = self.bulk(*BASE, root / "way", "--move-to", root / "out", "--output", output, *more)
            self.assertEqual(result.status, 1, result.stderr)
            self.assertEqual(tree(root / "in"), {name: content for name, content in before.items()
                                                 if name != "real/hard.jpg"}, more)
            self.assertEqual([Path(name).name for name in tree(root / "out")], ["hard.jpg"])
        # The links alone can be moved, and their old folder removed.
        (root / "in" / "links" / "none.jpg").unlink()
        self.sorted_rows(*BASE, root / "way" / "links", "--move-to", root / "out")
        (root / "in" / "links").rmdir()
        self.assert_links_lead_somewhere(root)

    def test_a_link_that_is_sorted_again(self):
        """What --link-to has made can be moved like files, where nothing else would move."""
        place, root = self.files("in", 6), SCRATCH / "sorted again"
        self.sorted_rows(*BASE, place, "--link-to", root, "--threshold", "1")
        links = tree(root / "unsure")
        self.sorted_rows(*BASE, root / "unsure", "--move-to", root)
        self.assertEqual({Path(name).name: text for name, text in tree(root).items()}, links)
        self.assertFalse(any(name.startswith("unsure/") for name in tree(root)))
        result = self.bulk(*BASE, root, "--move-to", SCRATCH / "elsewhere", place)
        self.assertEqual((result.status, len(result.errors)), (1, 12), result.stderr)
        self.assertEqual(len(tree(place)), 6)

    def test_odd_file_names(self):
        place = os.fsencode(folder("odd"))
        names = [b"a\nb.jpg", b"\xff\xfe.jpg", b"-n.jpg", b" .jpg", b"...jpg", "Käse 猫.jpg".encode(), b"a\\b.jpg", b"noending"]
        for i, name in enumerate(names):
            with open(os.path.join(place, name), "wb") as file:
                file.write(self.images[i].read_bytes())
        target = SCRATCH / "odd out"
        self.sorted_rows(*BASE, *(os.path.join(place, name) for name in names), "--move-to", target)
        found = [os.path.basename(path) for base, _, files in os.walk(os.fsencode(target))
                 for path in files]
        self.assertEqual(sorted(found), sorted(names))
        self.assertEqual(os.listdir(place), [])

    def run_to_the_end(self, args, ends):
        """Runs with --resume until everything is done. ends: how the first runs are ended, and when, in rows."""
        output = Path(args[args.index("--output") + 1])
        for i, (end, rows) in enumerate(ends):
            command = self.start(*args, *(["--resume"] if i else []))
            self.wait_for_rows(command, output, rows)
            command.send_signal(end)
            command.communicate()
        return self.bulk(*args, "--resume")

    def test_killed_and_resumed(self):
        for option, form in (("--link-to", "csv"), ("--link-to", "html"), ("--move-to", "csv"), ("--move-to", "jsonl")):
            with self.subTest(option=option, form=form):
                place = self.files(f"{option} {form}", 240)
                (place / "0120.jpg").write_text("no image")
                target, output = SCRATCH / f"killed {option} {form}", SCRATCH / f"killed {option}.{form}"
                args = [*BASE, place, "--format", form]
                expected, before = self.whole(*args), tree(place)
                labels = labels_of(rows_of(expected) if form == "csv" else self.sorted_rows(*BASE, place, status=1))
                head = expected[:expected.index(b'"rows">\n')].count(b"\n") if form == "html" else 0
                result = self.run_to_the_end(
                    [*args, option, target, "--output", output],
                    [(signal.SIGKILL, head + 40), (signal.SIGINT, head + 90), (signal.SIGKILL, head + 160)])
                self.assertEqual(result.status, 1, result.stderr)
                self.assertEqual(output.read_bytes(), expected)
                self.assertEqual({Path(name).name: Path(name).parts[0] for name in tree(target)},
                                 {Path(path).name: label for path, label in labels.items()})
                for name in tree(target):
                    self.assertEqual((target / name).read_bytes(), before[Path(name).name])
                self.assertEqual(set(tree(place)), {"0120.jpg"} if option == "--move-to" else set(before))
                # Everything is done: another run changes nothing.
                snapshot = tree(target)
                self.bulk(*args, option, target, "--output", output, "--resume")
                self.assertEqual((output.read_bytes(), tree(target)), (expected, snapshot))

    def test_resume_refuses_other_inputs(self):
        place, output = self.files("in"), SCRATCH / "other.csv"
        args = [*BASE, "--move-to", SCRATCH / "other out", "--output", output]
        self.sorted_rows(*args, place)
        rows = output.read_bytes()
        # An input of the first run is there again, but not in its place.
        (place / "0003.jpg").write_bytes(self.images[0].read_bytes())
        self.fail_with(2, "row 4 is not about", *args, "--resume", self.images[0], place)
        self.assertEqual(output.read_bytes(), rows)

    def test_a_list_of_moved_files_can_be_continued(self):
        place, output = self.files("in"), SCRATCH / "list.csv"
        paths = sorted(place.iterdir())
        args = [*BASE, "-", "--move-to", SCRATCH / "list out", "--output", output]
        self.bulk(*args, stdin="\n".join(map(str, paths[:5])).encode())
        result = self.bulk(*args, "--resume", stdin="\n".join(map(str, paths)).encode())
        self.assertEqual(result.status, 0, result.stderr)
        self.assertEqual([row["path"] for row in rows_of(output.read_bytes())], list(map(str, paths)))
        self.assertEqual(len(tree(SCRATCH / "list out")), len(paths))

    def other_file_system(self, size):
        """A new folder on a file system of its own."""
        place = folder(f"{self.id()} disk")
        if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "gfnet", place],
                          capture_output=True).returncode != 0:
            self.skipTest("cannot mount a file system")
        self.addCleanup(subprocess.run, ["umount", place])
        return place

    def test_moves_to_another_file_system(self):
        disk = self.other_file_system("4m")
        place = self.files("in", 30)
        os.utime(place / "0003.jpg", (1e9, 1e9))
        os.chmod(place / "0003.jpg", 0o640)
        (place / "0004.jpg").unlink()
        (place / "0004.jpg").symlink_to(self.images[4])
        before = tree(place)
        self.sorted_rows(*BASE, place, "--move-to", disk / "out")
        self.assertEqual(tree(place), {})
        after = tree(disk)
        self.assertEqual({Path(name).name: content for name, content in after.items()}, before)
        self.assertEqual(sorted(path.name for path in (disk / "out").iterdir() if not path.is_dir()), [])
        moved, = disk.rglob("0003.jpg")
        self.assertEqual((moved.stat().st_mtime, moved.stat().st_mode & 0o777), (1e9, 0o640))

    def test_a_full_disk(self):
        disk = self.other_file_system("256k")
        place = self.files("in", 60)
        for path in place.iterdir():  # larger than the disk together
            path.write_bytes(path.read_bytes() + bytes(8000))
        before = tree(place)
        output = SCRATCH / "full.csv"
        args = [*BASE, place, "--move-to", disk, "--output", output]
        result = self.bulk(*args)
        self.assertEqual(result.status, 1)
        self.assertIn("No space left on device", result.errors[-1])
        there = {Path(name).name: content for name, content in tree(disk).items()}
        self.assertEqual({**tree(place), **there}, before)
        self.assertEqual(set(tree(place)) & set(there), set())
        self.assertGreater(len(there), 5)
        self.assertLess(len(there), 60)
        subprocess.run(["mount", "-o", "remount,size=4m", disk], check=True)
        self.assertEqual(self.bulk(*args, "--resume").status, 0)
        self.assertEqual({Path(name).name: content for name, content in tree(disk).items()}, before)
        self.assertEqual(tree(place), {})

    def test_killed_between_file_systems(self):
        disk = self.other_file_system("64m")
        place = self.files("in", 200)
        for path in place.iterdir():
            path.write_bytes(path.read_bytes() + bytes(100000))
        before = tree(place)
        chance = random.Random(5)
        for _ in range(12):
            # Names only: a file can be moved between the moment when it is found and that when it would be read.
            count = len(os.listdir(place))
            command = self.start(*BASE, place, "--move-to", disk)
            self.wait_for(command, lambda: len(os.listdir(place)) < count)
            time.sleep(chance.random() * 0.02)
            command.kill()
            command.communicate()
            left = tree(place)
            for path in disk.rglob("*.jpg"):
                self.assertEqual(path.read_bytes(), before[path.name])
                left.setdefault(path.name, path.read_bytes())
            self.assertEqual(left, before, "lost")
            if len(tree(place)) < 60:
                break
        self.assertEqual(self.bulk(*BASE, place, "--move-to", disk).status, 0)
        after = tree(disk)
        self.assertEqual({Path(name).name: content for name, content in after.items()}, before)
        self.assertEqual(len(after), len(before), "a file is there twice, or something was left")
        self.assertEqual(tree(place), {})

    def test_a_move_that_was_cut_off_is_completed(self):
        """The journal as a killed run leaves it, in the moment when both files exist."""
        for same in (True, False):
            place = self.files(f"in {same}", 3)
            label = self.sorted_rows(*BASE, place / "0001.jpg")[0]["label_1"]
            target = SCRATCH / f"cut off {same}"
            (target / label).mkdir(parents=True)
            copy = target / label / "0001.jpg"
            copy.write_bytes((place / "0001.jpg").read_bytes() + (b"" if same else b"other"))
            entry = os.fsencode(place / "0001.jpg") + b"\0" + os.fsencode(copy) + b"\0"
            (target / ".gfnet-moving").write_bytes(entry)
            (target / ".gfnet-moving.part").write_bytes(b"half of a file")
            self.sorted_rows(*BASE, place, "--move-to", target)
            self.assertEqual(tree(place), {})
            self.assertEqual(len(tree(target)), 3 if same else 4)
            self.assertFalse(any(path.name.startswith(".") for path in target.iterdir()))
        for entry in (b"", b"\0", b"\0\0", b"a\0b", b"x" * 100000, b"/dev/null\0/dev/zero\0", b"a\0b\0c\0"):
            place, target = self.files(f"junk {entry[:9]!r}".replace("/", "_").replace("\0", "0"), 1), SCRATCH / "junk"
            target.mkdir(exist_ok=True)
            (target / ".gfnet-moving").write_bytes(entry)
            self.sorted_rows(*BASE, place, "--move-to", target)
            self.assertEqual(tree(place), {})

    @unittest.skipUnless(platform.machine() == "x86_64", "knows the numbers of system calls of x86-64 only")
    def test_file_systems_that_can_do_less(self):
        for name, calls in (("old kernel", {RENAMEAT2: errno.ENOSYS}), ("network", {RENAMEAT2: errno.EINVAL}),
                            ("no links", {RENAMEAT2: errno.EINVAL, LINK: errno.EPERM, LINKAT: errno.EPERM})):
            with self.subTest(file_system=name):
                place, target = self.files(name, 6), SCRATCH / f"less {name}"
                label = self.sorted_rows(*BASE, place / "0001.jpg")[0]["label_1"]
                (target / label).mkdir(parents=True)
                (target / label / "0001.jpg").write_text("a stranger's")
                if name == "network":  # left by a run that was killed: both names of one file
                    half = self.sorted_rows(*BASE, place / "0002.jpg")[0]["label_1"]
                    (target / half).mkdir(exist_ok=True)
                    os.link(place / "0002.jpg", target / half / "0002.jpg")
                before = tree(place)
                result = self.run_command(*BASE, place, "--move-to", target, preexec_fn=refusing(calls),
                                          GFNET_VALIDATION="0")
                self.assertEqual(result.status, 0, result.stderr)
                self.assertEqual(tree(place), {})
                after = tree(target)
                self.assertEqual(after.pop(f"{label}/0001.jpg"), b"a stranger's")
                self.assertEqual(sorted(after.values()), sorted(before.values()))
                self.assertFalse(any(path.name.startswith(".") for path in target.iterdir()))

    def test_a_folder_that_cannot_be_changed(self):
        place = self.files("in", 4)
        (place / "locked").mkdir()
        (place / "0001.jpg").rename(place / "locked" / "0001.jpg")
        (place / "locked").chmod(0o555)
        self.addCleanup((place / "locked").chmod, 0o755)
        target = SCRATCH / "unlocked"
        result = self.run_command(*BASE, place, "--move-to", target, preexec_fn=obey_permissions, GFNET_VALIDATION="0")
        self.assertEqual((result.status, len(result.errors)), (1, 1), result.stderr)
        self.assertIn("cannot be moved to", result.errors[0])
        self.assertEqual(list(tree(place)), ["locked/0001.jpg"])
        self.assertEqual(sorted(Path(name).name for name in tree(target)), ["0000.jpg", "0002.jpg", "0003.jpg"])
        # A folder for the label of 0001.jpg was not left empty.
        self.assertTrue(all(any(path.iterdir()) for path in target.iterdir()))
        lone = SCRATCH / "nothing sorted"
        self.run_command(*BASE, place, "--move-to", lone, preexec_fn=obey_permissions, GFNET_VALIDATION="0")
        self.assertFalse(lone.exists())
        # Nor folders above it that the run made. One that was there before stays, even if it is empty.
        deep = SCRATCH / "there"
        deep.mkdir()
        for ending in ("", "/"):
            self.run_command(*BASE, place, "--move-to", f"{deep}/new/a/b{ending}", preexec_fn=obey_permissions,
                             GFNET_VALIDATION="0")
            self.assertEqual(list(deep.iterdir()), [])
        target.chmod(0o555)
        self.addCleanup(target.chmod, 0o755)
        self.run_command(*BASE, place, "--link-to", target / "new", preexec_fn=obey_permissions, GFNET_VALIDATION="0")
        self.assertFalse((target / "new").exists())

    def test_open_files_stay(self):
        """An image on stdin is labelled, but neither /dev/stdin nor the file behind it is moved."""
        place = self.files("in", 1)
        image = place / "0000.jpg"
        target = SCRATCH / "open out"
        for path in ("/dev/stdin", "/proc/self/fd/0"):
            for option in ("--move-to", "--link-to"):
                with open(image, "rb") as stdin:
                    done = subprocess.run(arguments([*BASE, path, option, target]), stdin=stdin, capture_output=True,
                                          env=PLAIN)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn(b"not a file of its own", done.stderr)
                self.assertTrue(os.path.islink("/dev/stdin") and image.exists())
        self.assertEqual(tree(target) if target.exists() else {}, {})

    def test_what_makes_no_sense(self):
        place = self.files("in", 2)
        inner = place / "sorted"
        image = place / "0000.jpg"
        for args, saying in (
                (["--link-to", "a", "--move-to", "b"], "exclude each other"),
                (["--threshold", "0.5"], "--threshold needs"),
                (["--link-to", "a", "--threshold", "1.5"], "--threshold"),
                (["--link-to", "a", "--threshold", "nan"], "--threshold"),
                (["--move-to", "a", "--shard", "1/2"], "--shard exclude each other"),
                (["--link-to", inner], "lies in"),
                (["--move-to", place], "lies in")):
            self.fail_with(2, saying, *BASE, place, *args, cwd=SCRATCH)
        self.fail_with(2, "not --tensor", *BASE, "--tensor", REFERENCE / "flat-8x8-32px.input.npy", "--link-to", "a")
        for name in ("file", "file/x"):
            (SCRATCH / "file").write_text("no folder")
            result = self.run_command(*BASE, image, "--link-to", SCRATCH / name)
            self.assertEqual(result.status, 1)
            self.assertTrue(any("cannot be made" in error for error in result.errors), result.stderr)
        self.assertEqual(len(tree(place)), 2)
        self.assertEqual(MODEL.exists(), True)

    def test_large_files_keep_their_labels_file(self):
        """Files that the run reads besides the inputs are never moved, whatever the list on stdin names."""
        place = self.files("in", 1)
        labels = place / "labels.jpg"
        labels.write_text("".join(f"kind {i}\n" for i in range(10)))
        result = self.bulk(*BASE, place, "--labels", labels, "--move-to", SCRATCH / "kinds")
        self.assertEqual(result.status, 1)
        self.assertEqual(list(tree(place)), ["labels.jpg"])
        model = samples.safetensors(place / "model.safetensors", samples.gfnet())
        self.bulk("classify", "--model", model, model, "--move-to", SCRATCH / "kinds")
        self.assertTrue(model.exists())


if __name__ == "__main__":
    restart_where_mounting_is_allowed()
    main()
