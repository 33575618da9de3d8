"""Parquet files: the content of CSV, safe from interruptions; clear errors where they are unavailable.

usage: test_parquet.py absent | present [FOLDER]    FOLDER: contains the Python package pyarrow
"""
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import unittest

import numpy

import samples
from command import (COMMAND, MODEL, SCRATCH, CommandTest, arguments, folder,
                     restart_where_mounting_is_allowed)
from job import BASE, PLAIN, JobTest, rows_of

IS_PRESENT = sys.argv[1] == "present"
FOLDER = sys.argv[2] if len(sys.argv) > 2 else None
AS_PARQUET = ["--format", "parquet"]

# Runs in a process without the system's packages, because pyarrow may need another numpy.
READ = """
import json, sys, pyarrow.parquet
file = pyarrow.parquet.ParquetFile(sys.argv[1])
groups = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
print(json.dumps({"schema": [[f.name, str(f.type), f.nullable] for f in file.schema_arrow],
                  "groups": groups, "rows": file.read(%s).to_pylist()}))
"""


def journal_of(path):
    return path.with_name(path.name + ".rows.jsonl")


def unfinished(path):
    return path.with_name(path.name + ".unfinished")


def rows_in(path):
    """The rows of a Parquet file, and its columns: name, type, whether a value may be absent."""
    done = subprocess.run([sys.executable, "-S", "-c", READ % "", path], capture_output=True, check=True,
                          env={**os.environ, "PYTHONPATH": FOLDER})
    content = json.loads(done.stdout)
    return content["rows"], content["schema"]


@unittest.skipUnless(IS_PRESENT and FOLDER, "needs pyarrow")
class Evaluation(CommandTest):
    def test_rows_agree_with_json_lines(self):
        tree = folder("evaluation")
        labels = SCRATCH / "evaluation.txt"
        labels.write_text("".join(f"Kind {i}\n" for i in range(10)))
        for i in range(4):
            (tree / f"kind {i % 2}").mkdir(exist_ok=True)
            samples.image(tree / f"kind {i % 2}" / f"{i}.png", seed=i)
        with open(os.fsencode(tree) + b"/kind 1/\xff.jpg", "wb") as file:
            file.write(b"no image")
        base = ["eval", tree, "--model", MODEL, "--labels", labels, "--output"]
        self.run_command(*base, SCRATCH / "evaluated.jsonl")
        expected = [json.loads(line) for line in (SCRATCH / "evaluated.jsonl").read_text().splitlines()]
        path = SCRATCH / "evaluated.parquet"
        result = self.run_command(*base, path)
        self.assertEqual((result.status, len(result.errors)), (1, 1), result.stderr)
        rows, schema = rows_in(path)
        self.assertEqual([column[:2] for column in schema],
                         [["path", "string"], ["true_class", "int32"], ["true_label", "string"], ["class", "int32"],
                          ["label", "string"], ["probability", "float"], ["correct", "bool"], ["error", "string"]])
        self.assertEqual(len(rows), 5)
        for row, other in zip(rows, expected):
            self.assertEqual(row, {name: other.get(name) for name in row})
        self.assertFalse(unfinished(path).exists())
        unfinished(path).write_text("a stranger's")
        before = path.read_bytes()
        self.fail_with(2, f"'{unfinished(path)}' exists and was not made by gfnet", *base, path)
        self.assertEqual((path.read_bytes(), unfinished(path).read_text()), (before, "a stranger's"))
        self.fail_with(1, "cannot be written", *base, SCRATCH / "no folder" / "x.parquet")


class Refused(CommandTest):
    """Where --format parquet is refused, with or without Apache Arrow."""

    def refused(self, place):
        output = place / "rows.parquet"
        done = subprocess.run([place / "bin" / "gfnet", "classify", "a.jpg", "--model", str(MODEL),
                               *AS_PARQUET, "--output", output], capture_output=True, env=PLAIN)
        self.assertEqual((done.returncode, done.stdout), (2, b""))
        self.assertFalse(output.exists() or journal_of(output).exists())
        lines = done.stderr.decode().splitlines()
        self.assertEqual(len(lines), 1)
        return lines[0]

    def test_without_apache_arrow(self):
        place = folder("alone")
        (place / "bin").mkdir()
        shutil.copy(COMMAND, place / "bin" / "gfnet")
        self.assertEqual(self.refused(place), "gfnet: --format parquet: this gfnet was built without "
                                              "Apache Arrow, which it needs")
        module = place / "lib" / "gfnet" / "parquet.so"
        module.parent.mkdir(parents=True)
        module.write_text("no library")
        said = self.refused(place)
        self.assertTrue(said.startswith("gfnet: --format parquet: "), said)
        self.assertIn("parquet.so", said)

    def test_output_must_be_a_regular_file(self):
        os.mkfifo(SCRATCH / "pipe")
        for output in ([], ["--output", "/dev/null"], ["--output", "/dev/stdout"], ["--output", SCRATCH],
                       ["--output", SCRATCH / "pipe"]):
            with self.subTest(output=output):
                self.fail_with(2, "needs an --output file", "classify", "a.jpg", "--model", MODEL,
                               *AS_PARQUET, *output)


@unittest.skipUnless(IS_PRESENT, "this gfnet was built without Apache Arrow")
class Parquet(JobTest):
    def read(self, path, what=""):
        options = {"env": {**PLAIN, "PYTHONPATH": FOLDER}} if FOLDER else {}
        done = subprocess.run([sys.executable, *(["-S"] if FOLDER else []), "-c", READ % what, path],
                              capture_output=True, **options)
        if b"No module named 'pyarrow'" in done.stderr:
            self.skipTest("pyarrow is not installed")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def assert_settled(self, path):
        """No temporary file is left beside it."""
        self.assertEqual([name.name for name in path.parent.glob(path.name + "*")], [path.name])

    def undisturbed(self, *args):
        path = folder(f"undisturbed {self.id()} {len(args)}") / "rows.parquet"
        self.assertIn(self.bulk(*args, *AS_PARQUET, "--output", path).status, (0, 1))
        self.assert_settled(path)
        return path.read_bytes()

    def assert_equal_to_csv(self, path, *args):
        file, rows = self.read(path), rows_of(self.whole(*args, "--format", "csv"))
        types = {"class": "int32", "probability": "float"}
        self.assertEqual(file["schema"], [[name, types.get(name.split("_")[0], "string"), name != "path"]
                                          for name in rows[0]])
        self.assertEqual(len(file["rows"]), len(rows))
        for row, expected in zip(file["rows"], rows):
            for name, value in row.items():
                # A name that is not UTF-8 gets replacement characters, as in JSON.
                text = os.fsencode(expected[name]).decode(errors="replace") or None
                if text is not None and name in row and not isinstance(value, str):
                    value, text = float(value), float(numpy.float32(text))
                self.assertEqual(value, text, name)

    def test_content_equals_that_of_csv(self):
        tree = folder("tree")
        for i, name in enumerate(["a\r\nb.png", 'c"d.png', "e,f.png", "ünï.png", "not\udcff.png"]):
            samples.image(tree / name, seed=i)
        (tree / "missing.png").symlink_to("nowhere")
        labels = SCRATCH / "labels.txt"
        labels.write_text("".join(f'the "{i}", ё\n' for i in range(10)))
        output = SCRATCH / "rows.parquet"
        for args in ([*BASE, tree, "--labels", labels], [*BASE, self.tree], ["classify", "--model", MODEL, "--top", "99", self.tree],
                     [*BASE, tree / "missing.png"], [*BASE, self.tree, "--shard", "99/99"]):
            with self.subTest(args=args):
                result = self.bulk(*args, *AS_PARQUET, "--output", output)
                self.assertEqual(result.status, self.bulk(*args).status)
                self.assertEqual(result.stdout, b"")
                self.assert_settled(output)
                if "99/99" in args:
                    self.assertEqual(self.read(output)["rows"], [])
                else:
                    self.assert_equal_to_csv(output, *args)

    def test_tensor_as_input(self):
        tensor, output = SCRATCH / "in.npy", SCRATCH / "tensor.parquet"
        numpy.save(tensor, numpy.random.default_rng(0).normal(size=(7, 3, 32, 32)).astype("f"))
        args = ["classify", "--model", MODEL, "--tensor", tensor]
        self.succeed(*args, *AS_PARQUET, "--output", output)
        self.assert_settled(output)
        self.assert_equal_to_csv(output, *args)

    def test_killed_and_resumed(self):
        root = self.links(1000)
        (root / "000500.jpg").unlink()
        (root / "000500.jpg").write_text("no image")
        args = [*BASE, root]
        expected = self.undisturbed(*args)
        output, logits = folder("killed") / "rows.parquet", SCRATCH / "killed.npy"
        self.bulk(*args, "--logits", SCRATCH / "whole.npy")
        args += [*AS_PARQUET, "--output", output, "--logits", logits]
        output.write_bytes(b"PAR1, of an earlier run")  # stays until the new one is complete
        for rows in (1, 300, 600):
            command = self.start(*args, *(["--resume"] if rows > 1 else []))
            self.wait_for_rows(command, journal_of(output), rows)
            command.kill()
            command.communicate()
            left = journal_of(output).read_bytes()
            self.assertTrue(left.endswith(b"}\n"))
            self.assertEqual(output.read_bytes(), b"PAR1, of an earlier run")
        lines = left.count(b"\n")
        # Some file systems leave zeros at the end after a power cut.
        journal_of(output).write_bytes(left + b'{"path":"' + bytes(50))
        result = self.bulk(*args, "--resume")
        self.assertEqual(result.status, 1)
        self.assertIn(f", {lines} done earlier", result.summary)
        self.assertEqual(output.read_bytes(), expected)
        self.assertEqual(logits.read_bytes(), (SCRATCH / "whole.npy").read_bytes())
        self.assert_settled(output)

    def test_killed_while_the_file_is_written(self):
        journal = SCRATCH / "all.jsonl"
        self.bulk(*BASE, self.tree, "--format", "jsonl", "--output", journal)
        expected = self.undisturbed(*BASE, self.tree)
        # Killed while the file was written, and between its completion and the removal of the journal.
        for name, content in ((unfinished, expected[:-100]), (lambda path: path, expected)):
            output = SCRATCH / "half.parquet"
            name(output).write_bytes(content)
            shutil.copy(journal, journal_of(output))
            result = self.bulk(*BASE, self.tree, *AS_PARQUET, "--output", output, "--resume")
            self.assertTrue(result.summary.startswith("0 labelled, 41 done earlier (1 of them"), result.summary)
            self.assertEqual(output.read_bytes(), expected)
            self.assert_settled(output)
            output.unlink()

    def test_resume_of_a_finished_file(self):
        place = folder("finished")
        output, logits = place / "rows.parquet", SCRATCH / "finished.npy"
        first = [*BASE, self.tree / "0", self.tree / "2"]
        files = [*AS_PARQUET, "--output", output, "--logits", logits]
        self.bulk(*first, *files)
        before = (output.stat().st_ino, output.stat().st_mtime_ns)
        # Nothing is left to do, so another run changes nothing.
        result = self.bulk(*first, *files, "--resume")
        self.assertEqual(result.errors, [f"{output}: 1 failed earlier; see its rows with an error"])
        self.assertTrue(result.summary.startswith("0 labelled, 21 done earlier (1 of them"), result.summary)
        self.assertEqual((output.stat().st_ino, output.stat().st_mtime_ns), before)
        self.assert_settled(output)
        # With more inputs. A partial journal, left by a kill while it was recreated, is discarded.
        unfinished(journal_of(output)).write_text('{"path":"')
        both = [*first, self.tree / "1"]
        result = self.bulk(*both, *files, "--resume")
        self.assertTrue(result.summary.startswith("10 labelled, 21 done earlier (1 of them"), result.summary)
        self.assertEqual(output.read_bytes(), self.undisturbed(*both))
        self.assertEqual(len(numpy.load(logits)), 31)
        self.assert_settled(output)

    def test_a_refused_resume_changes_no_file(self):
        place = folder("alone-left")
        output, text = place / "rows.parquet", place / "rows.csv"
        self.bulk(*BASE, self.tree, *AS_PARQUET, "--output", output)
        self.bulk(*BASE, self.tree, "--output", text)
        damaged = place / "damaged.parquet"
        damaged.write_bytes(output.read_bytes()[:-20])
        other = samples.safetensors(SCRATCH / "other.safetensors", samples.gfnet(seed=3))
        before = {path: path.read_bytes() for path in place.iterdir()}
        for saying, paths, changed in (
                ("not written with this --format and --top", [self.tree], {"--top": 3}),
                ("not written with this --format and --top", [self.tree], {"--output": text}),
                ("not written with this --format and --top", [self.tree], {"--output": damaged}),
                ("not written with this --format and --top", [self.tree], {"--format": "csv"}),
                (f"not those of '{output}': row 1 is not about", [self.links(50)], {}),
                (f"not those of '{output}': row 41 is not about any", sorted(self.tree.glob("*/*"))[:40], {}),
                ("gives another result", [self.tree], {"--model": other})):
            options = {"--model": MODEL, "--top": 2, "--format": "parquet", "--output": output, **changed}
            with self.subTest(saying=saying, changed=changed):
                self.fail_with(2, saying, "classify", *paths, "--resume",
                               *(item for option in options.items() for item in option))
                self.assertEqual(before, {path: path.read_bytes() for path in place.iterdir()})

    def test_resume_leaves_a_damaged_file_unchanged(self):
        output = SCRATCH / "damaged.parquet"
        self.bulk(*BASE, self.tree, *AS_PARQUET, "--output", output)
        content = bytearray(output.read_bytes())
        content[4:200] = bytes(196)  # overwrites the paths, not the footer that locates them
        output.write_bytes(content)
        self.fail_with(1, [f"{output}: cannot be read: "], *BASE, self.tree, *AS_PARQUET, "--output", output,
                       "--resume")
        self.assertEqual(output.read_bytes(), content)
        self.assert_settled(output)

    def test_ctrl_c_prints_the_command_that_continues(self):
        root = self.links(1000)
        output = SCRATCH / "a run's.parquet"
        args = [*BASE, root, *AS_PARQUET, "--output", output]
        command = self.start(*args)
        self.wait_for_rows(command, journal_of(output), 20)
        command.send_signal(signal.SIGINT)
        stderr = command.communicate(timeout=60)[1].decode()
        self.assertEqual(command.returncode, 130, stderr)
        self.assertFalse(output.exists())
        said = stderr.splitlines()[-1]
        self.assertIn(f"interrupted after {journal_of(output).read_bytes().count(10)} inputs; to continue: ", said)
        words = shlex.split(said.split("to continue: ")[1])
        self.assertEqual(words, [*map(str, arguments(args)), "--resume"])
        done = subprocess.run(words, env=PLAIN, capture_output=True, timeout=100)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(output.read_bytes(), self.undisturbed(*BASE, root))
        self.assert_settled(output)

    def test_a_full_disk(self):
        journal = SCRATCH / "size.jsonl"
        root = self.links(400)
        self.bulk(*BASE, root, "--format", "jsonl", "--output", journal)
        expected = self.undisturbed(*BASE, root)
        pages = -(-journal.stat().st_size // 4096)
        disk = folder("disk")
        for saying, size in (("its rows are in", pages), ("cannot be written", pages // 2)):
            if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size * 4}k", "gfnet", disk],
                              capture_output=True).returncode != 0:
                self.skipTest("cannot mount a file system")
            try:
                output = disk / "rows.parquet"
                args = [*BASE, root, *AS_PARQUET, "--output", output]
                result = self.fail_with(1, [saying, "No space left on device"], *args, GFNET_VALIDATION="0")
                left = [journal_of(output)]
                self.assertEqual(list(disk.iterdir()), left, result.stderr)
                if size == pages:
                    self.assertIn(f"'{left[0]}'; --resume makes it from them", result.errors[0])
                    self.assertEqual(left[0].read_bytes(), journal.read_bytes())
                subprocess.run(["mount", "-t", "tmpfs", "-o", "remount,size=1m", "gfnet", disk], check=True)
                self.bulk(*args, "--resume")
                self.assertEqual(output.read_bytes(), expected)
                self.assert_settled(output)
            finally:
                subprocess.run(["umount", disk], check=True)

    def test_two_runs_do_not_write_to_one_file(self):
        root = self.links(1000)
        output = SCRATCH / "shared.parquet"
        args = [*BASE, root, *AS_PARQUET, "--output", output]
        command = self.start(*args)
        self.wait_for_rows(command, journal_of(output), 4)
        self.fail_with(1, "another run is writing to it", *args, "--resume")
        command.communicate(timeout=100)
        self.assertEqual(command.returncode, 0)
        self.assertEqual(output.read_bytes(), self.undisturbed(*BASE, root))

    def test_no_input_is_overwritten(self):
        output = folder("precious") / "rows.parquet"
        for path in (output, journal_of(output), unfinished(output), unfinished(journal_of(output))):
            with self.subTest(path=path.name):
                shutil.copy(self.images[0], path)
                self.fail_with(2, "would overwrite", *BASE, path.parent / "." / path.name, *AS_PARQUET,
                               "--output", output)
                self.assertEqual(path.read_bytes(), self.images[0].read_bytes())
                path.unlink()

    def test_files_of_others_beside_the_output_stay(self):
        place = folder("strangers")
        output = place / "rows.parquet"
        names = (journal_of(output), unfinished(journal_of(output)), unfinished(output))
        texts = (b"my own notes\n", b'{"name": "x"}\n', b'{"path":"a.jpg"}\n', b'{"path":"a.jpg","size":3}\n{"path"', b"\xff\xd8\xff",
                 b"\n", b'["path"]')
        for path in names:
            for text in (*texts, *([b"PAR2"] if path == unfinished(output) else [b"PAR1"])):
                for more in ([], ["--resume"]):
                    with self.subTest(path=path.name, text=text, more=more):
                        path.write_bytes(text)
                        self.fail_with(2, [f"'{path}' exists and was not made by gfnet", "another name"], *BASE,
                                       self.images[0], *AS_PARQUET, "--output", output, *more)
                        self.assertEqual({file: file.read_bytes() for file in place.iterdir()}, {path: text})
            path.unlink()
            path.mkdir()
            self.fail_with(2, "was not made by gfnet", *BASE, self.images[0], *AS_PARQUET, "--output", output)
            path.rmdir()
        # What an earlier run of this output has left is taken, or replaced.
        rows, expected = self.whole(*BASE, self.images[1], "--format", "jsonl"), self.undisturbed(*BASE, self.images[0])
        for path, text in ((names[0], rows), (names[0], rows[:9]), (names[0], b""), (names[1], rows), (names[2], b"PAR1"),
                           (names[2], b""), (names[2], b"PAR1" + bytes(99))):
            path.write_bytes(text)
            self.bulk(*BASE, self.images[0], *AS_PARQUET, "--output", output)
            self.assertEqual(output.read_bytes(), expected)
            self.assertEqual({file.name for file in place.iterdir()}, {output.name, *([path.name] if path == names[1] else [])})
            path.unlink(missing_ok=True)
            output.unlink()

    def test_no_results_that_are_an_input_are_overwritten(self):
        place = folder("earlier")
        output = place / "rows.parquet"
        self.bulk(*BASE, self.tree, *AS_PARQUET, "--output", output)
        rows = self.whole(*BASE, self.tree, "--format", "jsonl")
        args = [*BASE, *AS_PARQUET, "--output", output]
        link = place / "link.jpg"
        for path in (output, journal_of(output), unfinished(output), unfinished(journal_of(output))):
            if path != output:
                path.write_bytes(rows)
            link.symlink_to(path.name)
            before = {file: file.read_bytes() for file in place.iterdir()}
            for inputs, stdin in ([path], b""), ([place], b""), (["-"], os.fsencode(path)):
                for more in ([], ["--resume"]):
                    if more and stdin:
                        continue  # nothing is cut then, and the list need not end
                    with self.subTest(path=path.name, inputs=inputs, more=more):
                        self.fail_with(2, "would overwrite", *args, *inputs, *more, stdin=stdin)
                        self.assertEqual(before, {file: file.read_bytes() for file in place.iterdir()})
            link.unlink()
            if path != output:
                path.unlink()

    def test_output_through_a_symbolic_link(self):
        real, link = folder("real") / "rows.parquet", SCRATCH / "link.parquet"
        real.write_bytes(b"PAR1")
        link.symlink_to(real)
        self.bulk(*BASE, self.tree, *AS_PARQUET, "--output", link)
        self.assertTrue(link.is_symlink())
        self.assertEqual(real.read_bytes(), self.undisturbed(*BASE, self.tree))
        self.assert_settled(real)
        self.assert_settled(link)

    def test_shards_together_give_the_whole_result(self):
        output = SCRATCH / "shard.parquet"
        parts = []
        for k in (1, 2, 3):
            self.bulk(*BASE, self.tree, "--shard", f"{k}/3", *AS_PARQUET, "--output", output)
            parts.append(self.read(output)["rows"])
        self.bulk(*BASE, self.tree, *AS_PARQUET, "--output", output)
        whole = self.read(output)["rows"]
        self.assertEqual([parts[i % 3][i // 3] for i in range(len(whole))], whole)

    def many(self, count):
        """Writes a journal of `count` rows.

        Returns (arguments that make the Parquet file from it, that file, file with the list for stdin).
        """
        base = ["classify", "--model", MODEL, "--top", "10"]
        output, listed = SCRATCH / "many.parquet", SCRATCH / "list"
        row = self.whole(*base, self.images[0], "--format", "jsonl").decode()
        name = str(self.images[0])
        paths = [f"/photographs/{i // 1000:06}/{i:09}.jpg" for i in range(count - 1)]
        with open(journal_of(output), "w") as journal:
            journal.writelines(row.replace(name, path) for path in paths)
            journal.write(row)  # labelled again by --resume, as a check
        listed.write_text("\n".join([*paths, name]))
        return [*base, "-", *AS_PARQUET, "--output", output, "--resume"], output, listed

    def test_interrupted_while_the_file_is_written(self):
        args, output, listed = self.many(100_000)
        journal = journal_of(output).read_bytes()
        for end in (signal.SIGINT, signal.SIGKILL):
            with open(listed) as stdin, self.start(*args, stdin=stdin) as command:
                self.wait_for(command, unfinished(output).exists)
                command.send_signal(end)
                stderr = command.communicate(timeout=60)[1].decode()
            self.assertEqual(journal_of(output).read_bytes(), journal)
            self.assertFalse(output.exists())
            if end == signal.SIGINT:
                self.assertEqual(command.returncode, 130)
                self.assertIn("interrupted after 100000 inputs; to continue, with the same paths on stdin: ", stderr)
                self.assertFalse(unfinished(output).exists())
        with open(listed) as stdin, self.start(*args, stdin=stdin) as command:
            stderr = command.communicate(timeout=100)[1].decode()
        self.assertEqual(command.returncode, 0, stderr)
        self.assertIn("0 labelled, 100000 done earlier", stderr)
        self.assert_settled(output)
        self.assertEqual(sum(self.read(output, "columns=['path']")["groups"]), 100_000)

    def test_memory_does_not_grow_with_the_rows(self):
        peaks = []
        for count in (220_000, 480_000):
            args, output, listed = self.many(count)
            with open(listed) as stdin, subprocess.Popen(arguments(args), env=PLAIN, stdin=stdin,
                                                         stderr=subprocess.DEVNULL) as command:
                _, status, usage = os.wait4(command.pid, 0)
                command.returncode = os.waitstatus_to_exitcode(status)
            self.assertEqual(command.returncode, 0)
            peaks.append(usage.ru_maxrss)
            file = self.read(output, "columns=['path']")
            self.assertEqual(len({row["path"] for row in file["rows"]}), count)
            self.assertGreater(len(file["groups"]), 1)
            output.unlink()
        self.assertLess(peaks[1], 1.1 * peaks[0])


if __name__ == "__main__":
    restart_where_mounting_is_allowed()
    unittest.main(argv=sys.argv[:1])
