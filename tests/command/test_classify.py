"""gfnet classify: its inputs and its output formats."""
import csv
import io
import json
import os
import pty
import signal
import subprocess

import samples
from command import COMMAND, ENVIRONMENT, MODEL, SCRATCH, CommandTest, folder, main, obey_permissions

AWKWARD = [b"comma, and.png", b'"quoted".png', b"line\nbreak.png", b"carriage\rreturn.png",
           b"no utf-8 \xff\xfe.png", b" spaces .png", b"-dash.png", "größe.png".encode()]


def make_awkward_folder():
    path = os.fsencode(folder("awkward"))
    for i, name in enumerate(AWKWARD):
        samples.image(os.path.join(path, name), seed=i)
    return path


class Forms(CommandTest):
    @classmethod
    def setUpClass(cls):
        cls.folder = make_awkward_folder()

    def classify(self, *args, **options):
        return self.succeed("classify", "--model", MODEL, "--top", "2", *args, cwd=self.folder,
                            **options)

    def rows(self, content):
        """CSV rows as [(path, [(class, label, probability), …]), …]."""
        self.assertEqual(content.count(b"\r\n"), 1 + len(AWKWARD))
        header, *rows = csv.reader(io.StringIO(os.fsdecode(content), newline=""), strict=True)
        self.assertEqual(header, ["path", "class_1", "label_1", "probability_1",
                                  "class_2", "label_2", "probability_2", "error"])
        self.assertEqual({row[-1] for row in rows}, {""})
        return [(os.fsencode(row[0]),
                 [(int(row[i]), row[i + 1], float(row[i + 2])) for i in (1, 4)]) for row in rows]

    def test_formats_agree(self):
        rows = self.rows(self.classify("--format", "csv", "--", *AWKWARD).stdout)
        self.assertEqual([path for path, _ in rows], AWKWARD)
        for _, predictions in rows:
            (first, label, most), (second, _, less) = predictions
            self.assertNotEqual(first, second)
            self.assertEqual(label, f"class {first}")
            self.assertTrue(1 >= most >= less > 0)

        lines = self.classify("--format", "jsonl", "--", *AWKWARD).text.splitlines()
        self.assertEqual(len(lines), len(AWKWARD))
        for line, (path, predictions) in zip(lines, rows):
            row = json.loads(line)
            self.assertEqual(row["path"], path.decode(errors="replace"))
            for entry, (index, label, probability) in zip(row["predictions"], predictions):
                self.assertEqual((entry["class"], entry["label"]), (index, label))
                self.assertAlmostEqual(entry["probability"], probability, delta=1e-8)

        table = self.classify("--format", "table", "--", *AWKWARD).text.splitlines()
        self.assertEqual(len(table), 2 + len(AWKWARD))
        self.assertIn("no utf-8 \\xff\\xfe.png", "\n".join(table))
        self.assertIn("line\\x0abreak.png", "\n".join(table))

    def test_output_file_and_default_formats(self):
        piped = self.classify("--", *AWKWARD).stdout
        self.rows(piped)
        output = SCRATCH / "rows"
        self.assertEqual(self.classify("--output", output, "--", *AWKWARD).stdout, b"")
        self.assertEqual(output.read_bytes(), piped)

        terminal, side = pty.openpty()
        self.classify("größe.png", stdout=side)
        os.close(side)
        shown = os.read(terminal, 65536).decode()
        os.close(terminal)
        self.assertIn("───", shown)
        self.assertRegex(shown, r"größe\.png +class \d")

    def test_rows_replace_the_progress_line(self):
        names = ["größe.png", " spaces .png"]
        expected = self.classify("--format", "csv", *names).text.splitlines()
        terminal, side = pty.openpty()
        subprocess.run([COMMAND, "classify", "--model", MODEL, "--top", "2", "--format", "csv",
                        *names], stdout=side, stderr=side, cwd=self.folder, check=True,
                       timeout=200, env=ENVIRONMENT)
        os.close(side)
        written = os.read(terminal, 65536).decode()
        os.close(terminal)
        self.assertIn("ready", written)
        lines = [line.rstrip("\r").rpartition("\033[K")[2] for line in written.split("\n")]
        self.assertEqual(lines[:3], expected)
        self.assertTrue(lines[3].startswith("2 labelled in "), lines)

    def test_top(self):
        name = "größe.png"
        header, row = self.succeed("classify", "--model", MODEL, "--top", "999", name,
                                   cwd=self.folder).text.splitlines()
        self.assertEqual(len(header.split(",")), 2 + 3 * 10)
        probabilities = [float(value) for value in row.split(",")[3:-1:3]]
        self.assertEqual(probabilities, sorted(probabilities, reverse=True))
        self.assertAlmostEqual(sum(probabilities), 1, delta=1e-5)
        self.assertEqual(sorted(row.split(",")[1:-1:3]), [str(i) for i in range(10)])

    def test_results_do_not_depend_on_the_batch_size(self):
        results = {self.classify("--batch", batch, "--", *AWKWARD).stdout
                   for batch in ("1", "4", "65535")}
        self.assertEqual(len(results), 1)


class Inputs(CommandTest):
    def paths(self, result):
        """Paths of the images that were labelled."""
        return [row["path"] for row in csv.DictReader(io.StringIO(result.text, newline=""))
                if not row["error"]]

    def test_folders(self):
        root = folder("root")
        for name in ("b/2.PNG", "b/10.jpg", "b.png", "a/z/deep.jpeg", "c.jpg"):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            samples.image(root / name)
        (root / "notes.txt").write_text("passed over\n")
        (root / "b" / "round").symlink_to("..")
        (root / "b" / "self").symlink_to("self")
        os.mkfifo(root / "pipe.jpg")
        (root / "nothing").mkdir()
        expected = [str(root / name)
                    for name in ("a/z/deep.jpeg", "b/10.jpg", "b/2.PNG", "b.png", "c.jpg")]

        result = self.succeed("classify", "--model", MODEL, root)
        self.assertEqual(self.paths(result), expected)
        self.assertIn("5 labelled, 4 other files skipped in", result.summary)

        # A broken link with an image's name must be reported.
        (root / "b" / "broken.jpg").symlink_to("nowhere")
        result = self.run_command("classify", "--model", MODEL, root)
        self.assertEqual((result.status, self.paths(result)), (1, expected))
        self.assertEqual(result.errors, [f"{root}/b/broken.jpg: no such file"])

    def test_stdin_with_paths_ended_by_nul(self):
        root = folder("zero-bytes")
        names = [samples.image(root / name) for name in ("a\nb.png", "c.png")]
        result = self.succeed("classify", "--model", MODEL, "--format", "jsonl", "-",
                              stdin=b"".join(str(name).encode() + b"\0" for name in names))
        self.assertEqual([json.loads(line)["path"] for line in result.stdout.splitlines()],
                         [str(name) for name in names])

    def test_stdin(self):
        root = folder("stdin")
        names = [str(samples.image(root / name)) for name in ("b.png", "a.png")]
        result = self.succeed("classify", "--model", MODEL, "-",
                              stdin="\n".join([names[0], "", names[1] + "\r", str(root)]).encode())
        self.assertEqual(self.paths(result), [*names, names[1], names[0]])
        self.assertEqual(self.paths(self.succeed("classify", "--model", MODEL, "-")), [])

    def test_a_folder_without_images(self):
        empty = folder("empty")
        (empty / "readme.txt").touch()
        photo = samples.image(SCRATCH / "photo.png")
        result = self.run_command("classify", "--model", MODEL, empty, photo)
        self.assertEqual(result.status, 1)
        self.assertEqual(result.errors, [f"{empty}: no images in this folder"])
        self.assertEqual(self.paths(result), [str(photo)])

    def test_an_unreadable_folder(self):
        root = folder("forbidden")
        photo = samples.image(root / "z.png")
        (root / "a").mkdir(mode=0)
        self.addCleanup((root / "a").chmod, 0o700)
        result = self.run_command("classify", "--model", MODEL, root, preexec_fn=obey_permissions)
        self.assertEqual((result.status, self.paths(result)), (1, [str(photo)]))
        self.assertEqual(result.errors, [f"{root}/a: Permission denied"])

    def test_stdout_closed_by_its_reader(self):
        # A row of this model is larger than a pipe's buffer, so the command is still writing at that time.
        model = samples.safetensors(SCRATCH / "many.safetensors", samples.gfnet(classes=2500))
        photo = samples.image(SCRATCH / "photo.png")
        for ignored in (False, True):
            command = subprocess.Popen(
                [COMMAND, "classify", "--model", model, "--top", "2500", "--format", "jsonl", photo],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT,
                restore_signals=not ignored)
            self.assertTrue(command.stdout.read(1))
            command.stdout.close()
            stderr = command.communicate(timeout=100)[1].decode()
            if ignored:
                self.assertEqual(command.returncode, 1, stderr)
                self.assertEqual(stderr, "gfnet: stdout: cannot be written: Broken pipe\n")
            else:
                self.assertEqual(command.returncode, -signal.SIGPIPE, stderr)
                self.assertEqual(stderr, "")


if __name__ == "__main__":
    main()
