"""Long jobs: bad files, a kill, Ctrl-C or a full disk lose no results; shards give the whole result."""
import json
import os
import resource
import shlex
import shutil
import signal
import subprocess

import numpy

import samples
from broken_images import broken_files
from command import ENVIRONMENT, MODEL, SCRATCH, arguments, folder, main, restart_where_mounting_is_allowed
from job import BASE, IMAGES, PLAIN, JobTest, catches, has_pending_signals, rows_of, unread_bytes


class Jobs(JobTest):
    def test_a_thousand_files_with_fifty_bad_ones(self):
        root = folder("thousand")
        broken = broken_files()
        # Three faults of directory entries replace three files that resemble others.
        for name in ("text", "html", "png: line endings converted"):
            del broken[name]
        entries = {"no such file": lambda path: path.symlink_to("nowhere"),
                   "no images in this folder": lambda path: path.mkdir(),
                   "levels of symbolic links": lambda path: path.symlink_to(path)}
        ways = [*broken.values(), *((saying, make) for saying, make in entries.items())]
        self.assertEqual(len(ways), 50)
        bad, names = {}, []
        for i in range(1000):
            path = root / f"{i:04}.jpg"
            names.append(str(path))
            if i % 20 != 7:
                path.symlink_to(self.images[i % 10])
                continue
            saying, content = ways[i // 20]
            content(path) if callable(content) else path.write_bytes(content)
            bad[str(path)] = saying
        # As a list, because gfnet would search a subfolder of a folder instead of reporting it.
        result = self.run_command(*BASE, "-", stdin="\n".join(names).encode())
        self.assertEqual(result.status, 1)
        self.assertEqual(result.summary.split(" in ")[0], "950 labelled, 50 failed")
        rows = rows_of(result.stdout)
        self.assertEqual([row["path"] for row in rows], names)
        failed = {row["path"]: row["error"] for row in rows if row["error"]}
        self.assertEqual(failed.keys(), bad.keys())
        for name, saying in bad.items():
            self.assertIn(saying, failed[name])
            self.assertFalse(failed[name].endswith(": "), "the cause is empty")
        self.assertEqual(result.errors, [f"{name}: {error}" for name, error in failed.items()])

    def test_killed_and_resumed(self):
        root = self.links(1500)
        (root / "000777.jpg").unlink()
        (root / "000777.jpg").write_text("no image")
        for form in ("csv", "jsonl"):
            with self.subTest(form=form):
                args = [*BASE, root, "--format", form]
                expected = self.whole(*args, "--logits", SCRATCH / "whole.npy", "--features", SCRATCH / "features.npy")
                expected_logits = (SCRATCH / "whole.npy").read_bytes()
                expected_features = (SCRATCH / "features.npy").read_bytes()
                output, logits = SCRATCH / f"killed.{form}", SCRATCH / f"killed.{form}.npy"
                features = SCRATCH / f"killed.{form}.features.npy"
                args += ["--output", output, "--logits", logits, "--features", features]
                for rows in (1, 400, 900):
                    command = self.start(*args, *(["--resume"] if rows > 1 else []))
                    self.wait_for_rows(command, output, rows)
                    command.kill()
                    command.communicate()
                    left = output.read_bytes()
                    self.assertTrue(expected.startswith(left) and left.endswith(b"\n"))
                    self.assertLess(len(left), len(expected))
                    lines = left.count(b"\n") - (form == "csv")
                    self.assertGreaterEqual(len(numpy.load(logits)), lines)
                result = self.bulk(*args, "--resume")
                self.assertEqual(result.status, 1)  # as in the whole run
                self.assertIn(f", {lines} done earlier", result.summary)
                self.assertEqual(output.read_bytes(), expected)
                self.assertEqual(logits.read_bytes(), expected_logits)
                self.assertEqual(features.read_bytes(), expected_features)
                # Nothing is left to do, so another run changes nothing.
                result = self.bulk(*args, "--resume")
                self.assertEqual(result.errors, [f"{output}: 1 failed earlier; see its rows with an error"])
                self.assertTrue(result.summary.startswith("0 labelled, 1500 done earlier (1 of them"))
                self.assertEqual(output.read_bytes(), expected)

    def test_resume_of_a_file_cut_anywhere(self):
        awkward = folder("awkward")
        for i, name in enumerate(["a\r\nb.png", 'c"d.png', "e,f.png", '",\r\n".png']):
            samples.image(awkward / name, seed=i)
        (awkward / "missing\r\n.png").symlink_to("nowhere")
        labels = SCRATCH / "labels.txt"
        labels.write_text("".join(f'the "{i}",\n' for i in range(10)))
        random = numpy.random.default_rng(0)
        for form in ("csv", "jsonl"):
            args = [*BASE, awkward, "--labels", labels, "--format", form]
            expected = self.whole(*args)
            output = SCRATCH / f"cut.{form}"
            head = len(expected.split(b"\n")[0]) + 1 if form == "csv" else len('{"path":"')
            lengths = {0, 1, head, len(expected) - 1, len(expected),
                       *map(int, random.integers(head, len(expected), 6))}
            for length in sorted(lengths):
                # Some file systems leave zeros at the end after a power cut.
                for end in (b"", bytes(50)) if length > head else (b"",):
                    with self.subTest(form=form, length=length, end=end):
                        output.write_bytes(expected[:length] + end)
                        result = self.bulk(*args, "--output", output, "--resume")
                        self.assertEqual(result.status, 1, result.stderr)
                        self.assertEqual(output.read_bytes(), expected)

    def test_a_refused_resume_changes_no_file(self):
        output, logits = SCRATCH / "rows.csv", SCRATCH / "rows.npy"
        self.run_command(*BASE, self.tree, "--output", output, "--logits", logits)
        other = samples.safetensors(SCRATCH / "other.safetensors", samples.gfnet(seed=3))
        labels = SCRATCH / "other-labels.txt"
        labels.write_text("".join(f"{i}\n" for i in range(10)))
        copy, short, image = SCRATCH / "copy.npy", SCRATCH / "short.npy", SCRATCH / "image.jpg"
        shutil.copy(logits, copy)
        shutil.copy(logits, short)
        os.truncate(short, short.stat().st_size - 4)
        shutil.copy(self.images[0], image)
        files = (output, logits, copy, short, image)
        before = {path: path.read_bytes() for path in files}
        in_order = sorted(self.tree.glob("*/*"))
        for saying, paths, changed in (
                ("not written with this --format and --top", [self.tree], {"--top": 3}),
                ("not written with this --format and --top", [self.tree], {"--format": "jsonl"}),
                ("not written with this --format and --top", [self.tree], {"--output": image}),
                ("row 1 is not about", [self.links(50)], {}),
                (f"row 11 is not about '{image}'", [self.tree / "0", image, self.tree], {}),
                (f"row 41 is not about any", in_order[:40], {}),
                ("gives another result", [self.tree], {"--model": other}),
                ("gives another result", [self.tree], {"--labels": labels}),
                ("has 40 rows, not 41", [self.tree], {"--logits": short}),
                ("No such file", [self.tree], {"--logits": SCRATCH / "missing.npy"}),
                ("was not written by this program as rows", [self.tree], {"--preprocessed": copy}),
                ("is not a regular file", [self.tree], {"--output": self.tree}),
                ("is not a regular file", [self.tree], {"--output": "/dev/null"})):
            options = {"--model": MODEL, "--top": 2, "--batch": 4, "--output": output,
                       "--logits": logits, **changed}
            with self.subTest(saying=saying, changed=changed):
                self.fail_with(2, saying, "classify", *paths, "--resume",
                               *(item for option in options.items() for item in option))
                self.assertEqual(before, {path: path.read_bytes() for path in files})

    def test_resume_of_a_row_without_end(self):
        output = SCRATCH / "endless.csv"
        self.succeed(*BASE, self.images[0], "--output", output)
        with output.open("ab") as file:
            file.write(b"x" * ((1 << 26) + (1 << 20)))
        size = output.stat().st_size
        self.fail_with(1, "holds a row that is too long", *BASE, self.images[0], "--output", output, "--resume")
        self.assertEqual(output.stat().st_size, size)
        os.truncate(output, 1 << 26)  # short enough for the end of a run that was killed
        self.succeed(*BASE, self.images[0], "--output", output, "--resume")
        self.assertEqual(output.read_bytes(), self.whole(*BASE, self.images[0]))

    def test_ctrl_c_prints_the_command_that_continues(self):
        root = self.links(1500)
        args = [*BASE, root]
        expected = self.whole(*args)
        for name in (signal.SIGINT, signal.SIGTERM):
            output = SCRATCH / f"a run's {name.name}.csv"
            command = self.start(*args, "--output", output)
            self.wait_for_rows(command, output, 20)
            command.send_signal(name)
            stderr = command.communicate(timeout=60)[1].decode()
            self.assertEqual(command.returncode, 130, stderr)
            left = output.read_bytes()
            self.assertTrue(expected.startswith(left) and left.endswith(b"\n"))
            self.assertLess(len(left), len(expected))
            rows = left.count(b"\n") - 1
            said = stderr.splitlines()[-1]
            self.assertIn(f"interrupted after {rows} inputs; to continue: ", said)
            words = shlex.split(said.split("to continue: ")[1])
            self.assertEqual(words, [*map(str, arguments(args)), "--output", str(output), "--resume"])
            done = subprocess.run(words, env=PLAIN, capture_output=True, timeout=100)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(output.read_bytes(), expected)

    def test_a_second_ctrl_c_ends_at_once(self):
        # The run waits until somebody reads the output.
        os.mkfifo(SCRATCH / "unread.csv")
        command = self.start(*BASE, self.images[0], "--output", SCRATCH / "unread.csv")
        self.wait_for(command, lambda: catches(command.pid, signal.SIGINT))
        command.send_signal(signal.SIGINT)
        self.wait_for(command, lambda: not has_pending_signals(command.pid))
        command.send_signal(signal.SIGINT)
        command.communicate(timeout=10)
        self.assertEqual(command.returncode, -signal.SIGINT)

    def test_ctrl_c_while_stdin_is_open(self):
        paths = "".join(f"{path}\n" for path in self.images * 10)
        self.assertGreater(len(paths), 4096)
        with subprocess.Popen(arguments([*BASE, "-"]), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=PLAIN) as command:
            command.stdin.write(paths.encode())
            command.stdin.flush()
            for _ in range(5):
                self.assertTrue(command.stdout.readline())  # while the list is still open
            command.send_signal(signal.SIGINT)
            command.stdout.read()
            stderr = command.stderr.read()
            self.assertEqual(command.wait(timeout=60), 130)
        self.assertIn(b"--resume needs PATHs, --output", stderr)

    def test_ctrl_c_in_a_list_skips_the_arguments_after_it(self):
        output = SCRATCH / "list.csv"
        args = [*BASE, "-", self.tree, "--output", output]
        paths = [str(path) for path in self.images * 10]
        command = self.start(*args, stdin=subprocess.PIPE)
        command.stdin.write("".join(f"{path}\n" for path in paths).encode())
        command.stdin.flush()
        self.wait_for_rows(command, output, 20)
        self.wait_for(command, lambda: unread_bytes(command.stdin) == 0)
        command.send_signal(signal.SIGINT)
        self.assertEqual(command.wait(timeout=60), 130, command.stderr.read())
        command.communicate()
        named = [row["path"] for row in rows_of(output.read_bytes())]
        self.assertEqual(named, paths[:len(named)])
        result = self.bulk(*args, "--resume", stdin="\n".join(paths).encode())
        self.assertEqual(result.status, 1)  # because of the invalid image in the folder
        self.assertEqual(len(rows_of(output.read_bytes())), len(paths) + IMAGES + 1)

    def test_resume_truncates_no_input(self):
        victim = samples.image(SCRATCH / "victim.png")
        before = victim.read_bytes()
        output = SCRATCH / "first run.csv"
        for option in ("--logits", "--features", "--preprocessed"):
            for given, stdin in (([victim], b""), (["-"], os.fsencode(victim))):
                with self.subTest(option=option, given=given):
                    self.fail_with(2, str(victim), *BASE, self.images[0], *given, "--output", output,
                                   "--resume", option, victim, stdin=stdin)
                    self.assertEqual(victim.read_bytes(), before)

    def test_an_array_that_cannot_be_opened_leaves_the_results(self):
        output = SCRATCH / "kept.csv"
        before = self.whole(*BASE, *self.images[:3])
        output.write_bytes(before)
        self.fail_with(1, "No such file", *BASE, self.images[0], "--output", output, "--logits",
                       SCRATCH / "nowhere" / "logits.npy")
        self.assertEqual(output.read_bytes(), before)

    def test_an_error_while_stdin_is_open(self):
        # A run that ends with an error must not wait for the rest of the list.
        with open("/dev/full", "wb") as full, subprocess.Popen(
                arguments([*BASE, "-"]), stdin=subprocess.PIPE, stdout=full,
                stderr=subprocess.PIPE, env=PLAIN) as command:
            command.stdin.write("".join(f"{path}\n" for path in self.images * 5).encode())
            command.stdin.flush()
            self.assertEqual(command.wait(timeout=60), 1)
            self.assertIn(b"stdout: cannot be written", command.stderr.read())

    def test_shards_together_give_the_whole_result(self):
        whole = self.whole(*BASE, self.tree).splitlines(keepends=True)
        for count in (1, 2, 3, 7, 100):
            parts = []
            for k in range(1, count + 1):
                output = SCRATCH / "part"
                self.bulk(*BASE, self.tree, "--shard", f"{k}/{count}", "--output", output)
                head, *rows = output.read_bytes().splitlines(keepends=True)
                self.assertEqual(head, whole[0])
                parts.append(rows)
                if count == 100 and k == 2:
                    break
            if count == 100:
                self.assertEqual([len(rows) for rows in parts], [1, 1])
                continue
            self.assertLessEqual(max(map(len, parts)) - min(map(len, parts)), 1)
            taken_in_turn = [parts[i % count][i // count] for i in range(len(whole) - 1)]
            self.assertEqual(taken_in_turn, whole[1:])

    def test_resume_of_a_shard(self):
        output = SCRATCH / "shard.csv"
        args = [*BASE, self.tree, "--shard", "2/3"]
        expected = self.whole(*args)
        output.write_bytes(expected[:len(expected) // 2])
        self.run_command(*args, "--output", output, "--resume")
        self.assertEqual(output.read_bytes(), expected)
        self.fail_with(2, "row 1 is not about", *BASE, self.tree, "--shard", "1/3", "--output", output,
                       "--resume")

    def test_gnu_parallel(self):
        if not shutil.which("parallel"):
            self.skipTest("GNU parallel is not installed")
        place = folder("parallel")
        done = subprocess.run(
            ["parallel", "--will-cite", "-j2", *map(str, arguments(BASE)), str(self.tree), "--shard",
             "{}/4", "--output", "part-{}.csv", ":::", "1", "2", "3", "4"],
            cwd=place, env=ENVIRONMENT, capture_output=True, timeout=200)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        parts = [path.read_bytes() for path in sorted(place.iterdir())]
        self.assertEqual(len(parts), 4)
        lines = [line for part in parts for line in part.splitlines()[1:]]
        self.assertEqual(sorted(lines), sorted(self.whole(*BASE, self.tree).splitlines()[1:]))

    def assert_clear_end(self, status, stderr, output, expected, saying):
        self.assertEqual(status, 1, stderr)
        self.assertEqual(stderr.decode(), f"gfnet: {output}: cannot be written: {saying}\n")
        left = output.read_bytes()
        self.assertTrue(expected.startswith(left) and left.endswith(b"\r\n"), left[-50:])
        self.assertLess(len(left), len(expected))

    def test_a_limit_on_file_size(self):
        root = self.links(1500)
        expected = self.whole(*BASE, root)
        output = SCRATCH / "limited.csv"
        command = self.start(*BASE, root, "--output", output)
        self.wait_for_rows(command, output, 4)  # after the start, when software drivers write files
        limit = output.stat().st_size + 1001
        resource.prlimit(command.pid, resource.RLIMIT_FSIZE, (limit, limit))
        stderr = command.communicate(timeout=100)[1]
        self.assert_clear_end(command.returncode, stderr, output, expected, "File too large")
        self.assertLessEqual(output.stat().st_size, limit)
        self.bulk(*BASE, root, "--output", output, "--resume")
        self.assertEqual(output.read_bytes(), expected)

    def test_a_full_disk(self):
        disk = folder("disk")
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "gfnet", disk],
                          capture_output=True).returncode != 0:
            self.skipTest("cannot mount a file system")
        self.addCleanup(subprocess.run, ["umount", disk])
        root = self.links(600)
        expected = self.whole(*BASE, root)
        self.assertGreater(len(expected), 16384)
        output = disk / "rows.csv"
        done = subprocess.run(arguments([*BASE, root, "--output", output]), capture_output=True,
                              timeout=100, env=PLAIN)
        self.assert_clear_end(done.returncode, done.stderr, output, expected,
                              "No space left on device")
        subprocess.run(["mount", "-t", "tmpfs", "-o", "remount,size=1m", "gfnet", disk], check=True)
        self.bulk(*BASE, root, "--output", output, "--resume")
        self.assertEqual(output.read_bytes(), expected)

    def test_two_runs_do_not_write_to_one_file(self):
        root = self.links(1500)
        output = SCRATCH / "shared.csv"
        command = self.start(*BASE, root, "--output", output)
        self.wait_for_rows(command, output, 4)
        self.fail_with(1, "another run is writing to it", *BASE, root, "--output", output, "--resume")
        command.communicate(timeout=100)
        self.assertEqual(command.returncode, 0)
        self.assertEqual(output.read_bytes(), self.whole(*BASE, root))

    def test_an_output_that_is_also_an_input(self):
        photo = SCRATCH / "precious.jpg"
        shutil.copy(self.images[0], photo)
        before = photo.read_bytes()
        # stdin might name it, so a file that holds no results is refused at once.
        self.fail_with(2, "holds no results", *BASE, "-", "--output", photo, stdin=b"")
        self.assertEqual(photo.read_bytes(), before)
        # A new file is refused only when stdin names it.
        new = SCRATCH / "new.csv"
        self.fail_with(2, f"'{new}' would overwrite '{new}'", *BASE, "-", "--output", new,
                       stdin=f"{photo}\n{new}\n".encode())
        # Results of an earlier run are overwritten.
        self.assertEqual(self.succeed(*BASE, photo, "--output", new).status, 0)
        self.assertEqual(self.succeed(*BASE, "-", "--output", new, stdin=f"{photo}".encode()).status, 0)

    def test_memory_does_not_grow_with_the_inputs(self):
        peaks = []
        for count in (2000, 20000):
            root = self.links(count)
            output = SCRATCH / "many.csv"
            with subprocess.Popen(arguments(["classify", "--model", MODEL, "--top", "1",
                                             "--batch", "32", root, "--output", output]), env=PLAIN,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as command:
                _, status, usage = os.wait4(command.pid, 0)
                command.returncode = os.waitstatus_to_exitcode(status)
            self.assertIn(command.returncode, (0, 1))
            self.assertEqual(output.read_bytes().count(b"\n"), count + 1)
            peaks.append(usage.ru_maxrss)
        self.assertLess(peaks[1], 1.1 * peaks[0])


if __name__ == "__main__":
    restart_where_mounting_is_allowed()
    main()
