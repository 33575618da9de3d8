"""No run overwrites a file that it reads: an output among the inputs is refused, and no file changes."""
import json
import os
import shutil
import signal
import subprocess

import samples
from command import ENVIRONMENT, MODEL, SCRATCH, arguments, folder, main
from job import BASE, PLAIN, JobTest, open_files

REFUSED = "would overwrite"


def contents(place):
    """{path: content of a file, or target of a link} for everything below `place`."""
    return {path: os.readlink(path) if path.is_symlink() else path.read_bytes()
            for path in sorted(place.rglob("*")) if path.is_symlink() or path.is_file()}


class Overwrite(JobTest):
    def refuse(self, place, *args, saying=REFUSED, **options):
        before = contents(place)
        self.fail_with(2, saying, *args, **options)
        self.assertEqual(before, contents(place))

    def place_with_results(self, name):
        """A folder with an image and the results of earlier runs in every format."""
        results = SCRATCH / "results"
        if not results.exists():
            photo = samples.image(folder("results") / "photo.png")
            for form in ("csv", "jsonl", "table", "html"):
                self.succeed(*BASE, photo, "--format", form, "--output", results / f"rows.{form}")
            self.succeed(*BASE, photo, "--output", "/dev/null", "--logits", results / "logits.npy",
                         "--features", results / "features.npy", "--preprocessed", results / "preprocessed.npy")
        return shutil.copytree(results, SCRATCH / f"{self.id()} {name}")

    def test_files_of_a_model_in_several(self):
        place = folder(self.id())
        photo = samples.image(place / "photo.png")
        tensors = samples.gfnet()
        files = [place / f"model-{i}.safetensors" for i in range(2)]
        for i, file in enumerate(files):
            samples.safetensors(file, {name: tensors[name] for name in list(tensors)[i::2]})
        index = place / "model.safetensors.index.json"
        index.write_text(json.dumps({"weight_map": {name: files[i % 2].name for i, name in enumerate(tensors)}}))
        for model in (place, index):
            for file in (*files, index):
                for args in (("classify", photo, "--output", file), ("classify", photo, "--logits", file),
                             ("filters", "--output", file), ("bench", "--sections", "memory", "--output", file)):
                    with self.subTest(model=model.name, file=file.name, args=args):
                        self.refuse(place, *args, "--model", model, saying=(REFUSED if args[0] != "filters" else file.name))
        with open(files[0], "ab") as appended:
            self.refuse(place, "classify", photo, "--model", place, stdout=appended)

    def test_results_are_an_input(self):
        place = self.place_with_results("named")
        for name in ("rows.csv", "rows.jsonl", "rows.table", "rows.html", "logits.npy", "features.npy", "preprocessed.npy"):
            for option in ("--output", "--logits", "--features", "--preprocessed"):
                with self.subTest(name=name, option=option):
                    self.refuse(place, *BASE, place / "photo.png", place / name, option, place / name)

    def test_results_with_an_image_name_in_a_folder(self):
        place = self.place_with_results("in a folder")
        inside = place / "a" / "b"
        inside.mkdir(parents=True)
        rows = place / "rows.csv"
        ways = {"itself": lambda path: rows.rename(path),
                "a link": lambda path: path.symlink_to("../../rows.csv"),
                "a hard link": lambda path: os.link(rows, path)}
        for way, make in ways.items():
            path = inside / "image.jpg"
            make(path)
            with self.subTest(way=way):
                self.refuse(place, *BASE, place, "--output", path)
                self.refuse(place, *BASE, place, "--logits", path)
                if rows.exists():
                    self.refuse(place, *BASE, place, "--output", rows)
                    self.refuse(place, *BASE, place / "a", "--shard", "2/2", "--output", rows)
            path.rename(rows) if not rows.exists() else path.unlink()

    def test_an_output_that_is_a_link_to_an_input(self):
        place = self.place_with_results("output a link")
        (place / "link").symlink_to("rows.csv")
        self.refuse(place, *BASE, place / "rows.csv", "--output", place / "link")

    def test_results_in_a_list_on_stdin(self):
        place = self.place_with_results("in a list")
        rows = place / "rows.csv"
        (place / "images").mkdir()
        (place / "images" / "rows.jpg").symlink_to("../rows.csv")
        for last in (rows, place / "images" / "rows.jpg", place / "images", place / "." / "rows.csv"):
            for separator in ("\n", "\0"):
                names = [str(place / "photo.png")] * 3 + [str(last)]
                with self.subTest(last=last, separator=separator):
                    self.refuse(place, *BASE, "-", "--output", rows,
                                stdin=separator.join(names).encode())
        self.refuse(place, *BASE, "-", "--output", place / "new.csv", "--logits", place / "logits.npy",
                    stdin=str(place / "logits.npy").encode())

    def test_results_under_other_names_of_the_same_file(self):
        place = self.place_with_results("other names")
        rows = place / "rows.csv"
        file = os.open(rows, os.O_RDONLY)
        self.addCleanup(os.close, file)
        names = ("rows.csv", "./rows.csv", "../" + place.name + "/rows.csv", f"/proc/self/fd/{file}", f"/dev/fd/{file}",
                 "/proc/self/cwd/rows.csv")
        options = ([], ["--shard", "2/2"], ["--resume"], ["--format", "jsonl"], ["--precision", "fp32"], ["--top", "3"])
        for name, more in zip(names, options):
            for output in (name, "rows.csv"):
                with self.subTest(name=name, output=output, more=more):
                    self.refuse_in(place, file, *BASE[:-4], "photo.png", name, "--output", output, *more)

    def refuse_in(self, place, file, *args):
        before = contents(place)
        done = subprocess.run(arguments(args), cwd=place, pass_fds=[file], env=ENVIRONMENT, capture_output=True,
                              text=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        self.assertEqual(before, contents(place))

    def test_results_stay_until_the_first_row(self):
        place = self.place_with_results("kept")
        before = contents(place)
        outputs = ["--output", place / "rows.csv", "--logits", place / "logits.npy", "--preprocessed",
                   place / "preprocessed.npy"]
        os.mkfifo(SCRATCH / "silent.jpg")
        command = self.start(*BASE, SCRATCH / "silent.jpg", *outputs)
        self.wait_for(command, lambda: str(SCRATCH / "silent.jpg") in open_files(command.pid))
        command.send_signal(signal.SIGINT)
        said = command.communicate(timeout=60)[1].decode()
        self.assertEqual(command.returncode, 130, said)
        self.assertEqual(before, contents(place))
        # The way to continue starts again: what the files hold is of another run.
        self.assertIn("before anything was written; to continue: ", said)
        self.assertNotIn("--resume", said)
        self.assertEqual(self.bulk(*BASE, place / "photo.png", *outputs).status, 0)
        # Without any input, the run is done: its result is a file without rows.
        self.bulk(*BASE, "-", *outputs)
        self.assertEqual((place / "rows.csv").read_bytes().count(b"\n"), 1)

    def test_reports_and_drawings_replace_a_file_as_a_whole(self):
        place = folder("whole files")
        (place / "new").mkdir()
        (place / "new" / "report").write_text("before")
        os.chmod(place / "new" / "report", 0o640)
        (place / "link").symlink_to("new/report")
        (place / "dangling").symlink_to("new/made")
        commands = (["bench", "--model", MODEL, "--sections", "memory", "--batch", "1"], ["filters", MODEL],
                    ["explain", "--model", MODEL, self.images[0]])
        for args in commands:
            for name, target in (("link", "report"), ("dangling", "made")):
                with self.subTest(args=args, name=name):
                    self.bulk(*args, "--output", place / name)
                    self.assertTrue((place / name).is_symlink())
                    self.assertGreater((place / "new" / target).stat().st_size, 100)
                    self.assertEqual(sorted(path.name for path in (place / "new").iterdir()), ["made", "report"]
                                     if name == "dangling" or args != commands[0] else ["report"])
        self.assertEqual((place / "new" / "report").stat().st_mode & 0o777, 0o640)
        # A limit on the size of files stands for a full disk.
        before = contents(place)
        done = subprocess.run(["sh", "-c", 'ulimit -f 1; exec "$@"', "sh",
                               *arguments(["filters", MODEL, "--output", place / "link"])],
                              env=PLAIN, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(f"{place / 'link'}: cannot be written: File too large", done.stderr)
        self.assertEqual(before, contents(place))

    def test_a_list_means_the_same_whether_an_output_exists_or_not(self):
        place = self.place_with_results("same list")
        photo = os.fsencode(place / "photo.png")
        rows = place / "new.csv"
        for name, stdin, failures in (
                ("no list", b"x" * (1 << 21), ["stdin: not a list of paths"]),
                ("junk after paths", (photo + b"\n") * 3 + b"x" * (1 << 21), ["stdin: not a list of paths"]),
                ("a zero byte in a late line", (photo + b"\n") * 200 + photo + b"\0x\n" + photo,
                 [f"{photo.decode()}: is followed by a zero byte in the list"])):
            with self.subTest(name=name):
                rows.unlink(missing_ok=True)
                first = self.run_command(*BASE, "-", "--output", rows, stdin=stdin)
                written = rows.read_bytes()
                second = self.run_command(*BASE, "-", "--output", rows, stdin=stdin)
                self.assertEqual((first.status, first.errors), (1, failures))
                self.assertEqual((second.status, second.errors), (1, failures))
                self.assertEqual(rows.read_bytes(), written)

    def test_two_outputs_that_will_be_one_file(self):
        place = folder(self.id())
        photo = samples.image(place / "photo.png")
        (place / "dangling.csv").symlink_to("target.csv")
        (place / "linked").symlink_to(".")
        before = contents(place)
        for first, second in (("o.csv", "./o.csv"), ("o.csv", place / "o.csv"), ("dangling.csv", "target.csv"),
                              ("target.csv", "linked/dangling.csv"), ("linked/o.csv", "o.csv"),
                              ("o.csv", "new/../o.csv")):
            for more in ([], ["--resume"]):
                with self.subTest(first=first, second=second, more=more):
                    self.fail_with(2, REFUSED, *BASE, photo, "--output", first, "--logits", second, *more,
                                   cwd=place)
        self.fail_with(2, REFUSED, "explain", photo, "--output", "e.png", "--map", "./e.png", cwd=place)
        self.assertEqual(before, contents(place))
        self.bulk(*BASE, photo, "--output", "linked/a.csv", "--logits", "a.npy", cwd=place)

    def test_stdout_that_is_appended_to_an_input(self):
        place = self.place_with_results("appended")
        photo = place / "photo.png"
        before = contents(place)
        for given in (photo, place):
            with self.subTest(given=given), photo.open("ab") as stdout:
                self.fail_with(2, "'stdout' would overwrite", *BASE, given, stdout=stdout)
        self.assertEqual(before, contents(place))

    def test_stdout_that_is_appended_to_what_any_command_reads(self):
        place = folder(self.id())
        photo = samples.image(place / "photo.png")
        model = samples.safetensors(place / "model.safetensors", samples.gfnet())
        labels, names = place / "labels.txt", place / "list.txt"
        labels.write_text("".join(f"{i}\n" for i in range(10)))
        names.write_text(f"{photo}\n")
        for i in range(10):
            (place / "classes" / str(i)).mkdir(parents=True)
        class_image = samples.image(place / "classes" / "3" / "a.png")
        tensor = place / "in.npy"
        self.succeed("classify", "--model", model, photo, "--output", "/dev/null", "--preprocessed", tensor)
        sheet = SCRATCH / "appended.png"
        for args, read in (
                (["info", model], model), (["info", model, "--json"], model), (["plan", model], model),
                (["plan", "--model", model, "--compile"], model), (["check", model], model),
                (["filters", model, "--output", sheet], model), (["filters", model, "--output", "-"], model),
                (["explain", "--model", model, photo, "--output", "-"], photo),
                (["explain", "--model", model, place, "--output", "-"], class_image),
                (["explain", "--model", model, photo, "--output", sheet], model),
                (["explain", "--model", model, "--labels", labels, photo, "--output", sheet], labels),
                (["eval", place / "classes", "--model", model, "--labels", labels], class_image),
                (["eval", place / "classes", "--model", model, "--labels", labels], labels),
                (["bench", "--model", model, "--sections", "memory"], model),
                (["bench", "--model", model, "--sections", "none", "--pictures", photo], photo),
                (["classify", "--model", model, "--tensor", tensor], tensor),
                (["live", "--headless", "--model", model, "--source", photo], photo),
                (["live", "--headless", "--model", model, "--source", photo], model),
                (["live", "--headless", "--model", model, "--labels", labels, "--source", photo], labels),
                (["pull", "gfnet-ti", "--from", model, "--output", SCRATCH / "pulled"], model)):
            with self.subTest(args=args, read=read), read.open("ab") as stdout:
                self.refuse(place, *args, saying=f"'stdout' would overwrite '{read}'", stdout=stdout)
        for stdin, read, saying in ((names, names, "'stdin'"), (names, photo, f"'{photo}'")):
            for command in (["classify"], ["explain", "--output", "-"]):
                with self.subTest(command=command, read=read), stdin.open("rb") as listed, read.open("ab") as stdout:
                    before = contents(place)
                    done = subprocess.run(arguments([*command, "--model", model, "-"]), stdin=listed, stdout=stdout,
                                          stderr=subprocess.PIPE, text=True, env=ENVIRONMENT, timeout=60)
                    self.assertEqual(done.returncode, 2, done.stderr)
                    self.assertIn(f"'stdout' would overwrite {saying}", done.stderr)
                    # A list is read while images are labelled, so rows may have been appended before.
                    after = contents(place)
                    self.assertEqual(before, {**after, read: after[read][:len(before[read])]})
        # Other files may be appended to.
        with (place / "log.txt").open("ab") as stdout:
            stdout.write(b"before\n")
            stdout.flush()
            self.succeed("info", model, stdout=stdout)
        self.assertIn("parameters", (place / "log.txt").read_text())

    def run_with_messages_in(self, file, *args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE):
        """Runs with stderr appended to a file, as with `2>> FILE`."""
        with open(file, "ab") as stderr:
            return subprocess.run(arguments(args), stdin=stdin, stdout=stdout, stderr=stderr, env=ENVIRONMENT, timeout=100)

    def test_messages_that_are_appended_to_what_any_command_reads(self):
        place = folder(self.id())
        photo = samples.image(place / "photo.png")
        model = samples.safetensors(place / "model.safetensors", samples.gfnet())
        labels, broken = place / "labels.txt", place / "broken.pth"
        labels.write_text("".join(f"{i}\n" for i in range(10)))
        broken.write_text("no model")
        for i in range(10):
            (place / "classes" / str(i)).mkdir(parents=True)
        class_image = samples.image(place / "classes" / "3" / "a.png")
        (place / "link.png").symlink_to("photo.png")
        rows = SCRATCH / "with messages.csv"
        before = contents(place)
        for args, read in (
                (["classify", photo], photo), (["classify", place], photo), (["classify", place / "link.png"], photo),
                (["classify", photo, "--output", rows], photo), (["classify", photo, "--output", "/dev/stderr"], photo),
                (["classify", place, "--output", "/dev/stderr"], class_image),
                (["classify", photo, "--output=/dev/fd/2", "--labels", labels], labels),
                (["classify", photo, place / "no such file", "--top", "x"], photo), (["info", broken], broken),
                (["classify", photo, f"--model={broken}"], broken), (["classify", photo, "--model", model], model),
                (["info", model], model), (["plan", model], model), (["check", model], model),
                (["filters", model, "--output", "-"], model),
                (["explain", "--model", model, place, "--output", "-"], class_image),
                (["eval", place / "classes", "--model", model, "--labels", labels], class_image),
                (["bench", "--model", model, "--sections", "none", "--pictures", photo], photo),
                (["live", "--headless", "--model", model, "--source", photo], photo),
                (["pull", "gfnet-ti", "--from", model, "--output", SCRATCH / "pulled"], model)):
            with self.subTest(args=args, read=read):
                done = self.run_with_messages_in(read, *args)
                self.assertEqual((done.returncode, done.stdout), (2, b""))
                self.assertEqual(before, contents(place))
                self.assertFalse(rows.exists())
        # Both streams in the file, and a list on stdin.
        with photo.open("ab") as stdout:
            self.assertEqual(self.run_with_messages_in(photo, "classify", photo, stdout=stdout).returncode, 2)
        names = place / "names.txt"
        names.write_text(f"{photo}\n")
        for file in (names, photo):
            before = contents(place)
            with names.open("rb") as stdin:
                self.assertEqual(self.run_with_messages_in(file, "classify", "--model", model, "-", stdin=stdin).returncode, 2)
            self.assertEqual(before, contents(place))

    def test_messages_in_other_files(self):
        place = folder(self.id())
        photo = samples.image(place / "photo.png")
        log = place / "log.txt"
        log.write_text("before\n")
        for args in (["info", place / "nothing"], ["classify", photo, place / "nothing", "--model", MODEL]):
            text = log.read_text()
            self.assertEqual(self.run_with_messages_in(log, *args).returncode, 1)
            self.assertTrue(log.read_text().startswith(text) and str(place / "nothing") in log.read_text()[len(text):])

        # As a service has it: one log for all three streams. No list is read from stdin.
        with log.open("rb") as stdin:
            self.assertEqual(self.run_with_messages_in(log, "info", MODEL, stdin=stdin).returncode, 0)

    def test_messages_in_an_output(self):
        place = folder(self.id())
        photo = samples.image(place / "photo.png")
        rows = place / "rows.csv"
        for args in ([], ["--resume"]):
            self.assertEqual(self.run_with_messages_in(rows, "classify", photo, "--output", rows, *args).returncode, 2)
            self.assertEqual(rows.read_bytes(), b"")
        self.assertEqual(self.run_command("classify", photo, "--output", rows).status, 0)
        whole = rows.read_bytes()
        self.assertEqual(self.run_with_messages_in(rows, "classify", photo, "--output", rows, "--resume").returncode, 2)
        self.assertEqual(rows.read_bytes(), whole)

    def test_outputs_that_are_appended_keep_what_was_there(self):
        place = folder(self.id())
        photo = samples.image(place / "photo.png")
        for args in (["classify", photo, "--model", MODEL], ["filters", MODEL], ["explain", photo, "--model", MODEL],
                     ["bench", "--model", MODEL, "--sections", "memory", "--batch", "1"]):
            for name, stream in (("/dev/stdout", "stdout"), ("/proc/self/fd/1", "stdout"), ("/dev/stderr", "stderr"),
                                 ("/dev/fd/2", "stderr")):
                for mode in ("ab", "wb"):
                    if args[0] != "classify" and (mode == "wb" or name not in ("/dev/stdout", "/dev/fd/2")):
                        continue
                    with self.subTest(args=args, name=name, mode=mode):
                        log = place / "log"
                        log.write_bytes(b"before\n")
                        with open(log, mode) as opened:
                            streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, stream: opened}
                            done = subprocess.run(arguments([*args, "--output", name]), env=ENVIRONMENT, timeout=100, **streams)
                        self.assertEqual(done.returncode, 0)
                        self.assertEqual(log.read_bytes().startswith(b"before\n"), mode == "ab")
                        self.assertGreater(log.stat().st_size, 60)

    def test_messages_that_cannot_be_appended_go_to_the_terminal(self):
        photo = samples.image(folder(self.id()) / "photo.png")
        before = photo.read_bytes()
        ours, theirs = os.openpty()
        self.assertEqual(self.run_with_messages_in(photo, "classify", photo, stdout=theirs).returncode, 2)
        os.close(theirs)
        self.assertIn(f"gfnet: 'stderr' would overwrite '{photo}'".encode(), os.read(ours, 4096))
        os.close(ours)
        self.assertEqual(photo.read_bytes(), before)

    def test_an_output_that_is_stdin(self):
        place = self.place_with_results("stdin")
        rows = place / "rows.csv"
        before = contents(place)
        with rows.open("rb") as stdin:
            done = subprocess.run(arguments([*BASE, "-", "--output", rows]), stdin=stdin, env=ENVIRONMENT,
                                  capture_output=True, timeout=100)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn(b"would overwrite 'stdin'", done.stderr)
        self.assertEqual(before, contents(place))

    def test_closed_standard_streams(self):
        place = self.place_with_results("closed")
        rows = place / "closed.csv"
        run = subprocess.list2cmdline(arguments([*BASE, "-", place / "photo.png", "--output", rows]))
        done = subprocess.run(["sh", "-c", run + " <&- >&-"], env=ENVIRONMENT, stderr=subprocess.PIPE, timeout=100)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(rows.read_bytes(), self.whole(*BASE, place / "photo.png"))

    def test_resume_of_results_that_are_an_input(self):
        place = self.place_with_results("resumed")
        rows = place / "rows.csv"
        os.truncate(rows, rows.stat().st_size - 3)  # part of a row is not cut off, either
        self.refuse(place, *BASE, place / "photo.png", rows, "--output", rows, "--resume")
        (place / "rows.jpg").symlink_to("rows.csv")
        self.refuse(place, *BASE, place, "--output", rows, "--resume")

    def test_results_that_are_not_an_input_are_replaced(self):
        place = self.place_with_results("replaced")
        rows = place / "rows.csv"
        photo = place / "photo.png"
        expected = self.whole(*BASE, self.tree, photo)
        self.bulk(*BASE, self.tree, photo, "--output", rows)
        self.assertEqual(rows.read_bytes(), expected)
        for names in (f"{self.tree}\n{photo}\n", f"{self.tree}\0{photo}"):
            rows.write_bytes(b"path,class_1,\r\n")
            self.bulk(*BASE, "-", "--output", rows, stdin=names.encode())
            self.assertEqual(rows.read_bytes(), expected)
        # A file name may contain line breaks, which separate names in other lists.
        odd = samples.image(place / "a\nb\r.png")
        self.bulk(*BASE, "-", "--output", rows, stdin=os.fsencode(odd) + b"\0")
        self.assertEqual(rows.read_bytes(), self.whole(*BASE, odd))

    def test_ctrl_c_in_an_endless_list(self):
        place = self.place_with_results("endless")
        before = contents(place)
        command = self.start(*BASE, "-", "--output", place / "rows.csv", stdin=subprocess.PIPE,
                             TMPDIR=str(place))
        command.stdin.write(f"{place / 'photo.png'}\n".encode())
        command.stdin.flush()
        self.wait_for(command, lambda: any("gfnet-paths-" in name for name in open_files(command.pid)))
        command.send_signal(signal.SIGINT)
        self.assertEqual(command.wait(timeout=100), 130)
        said = command.stderr.read().decode()
        self.assertTrue(said.startswith("gfnet: interrupted before anything was written; to continue, with the same "
                                        "paths on stdin: "), said)
        self.assertEqual(said.count("\n"), 1)
        for stream in (command.stdin, command.stdout, command.stderr):
            stream.close()
        self.assertEqual(before, contents(place))

    def test_a_list_that_cannot_be_stored(self):
        place = self.place_with_results("not kept")
        before = contents(place)
        self.fail_with(1, "cannot be written", *BASE, "-", "--output", place / "rows.csv",
                       stdin=b"a.jpg\n", TMPDIR="/proc")
        self.assertEqual(before, contents(place))

    def test_explain(self):
        place = folder("explain")
        photo = samples.image(place / "photo.png")
        (place / "images").mkdir()
        (place / "images" / "link.png").symlink_to("../photo.png")
        base = ["explain", "--model", MODEL]
        for output in (["--output", photo], ["--output", place / "new.png", "--map", photo],
                       ["--output", place / "images" / "link.png"]):
            for source in (photo, place, place / "images", place / "." / "photo.png"):
                with self.subTest(output=output, source=source):
                    self.refuse(place, *base, source, *output)
            self.refuse(place, *base, "-", *output, stdin=f"{photo}\n".encode())

    def test_filters(self):
        place = folder("filters")
        model = place / "model.pth"
        model.write_bytes(MODEL.read_bytes())
        (place / "link").symlink_to("model.pth")
        os.link(model, place / "hard")
        for output in (model, place / "link", place / "hard"):
            self.refuse(place, "filters", model, "--output", output)

    def test_bench(self):
        place = folder("bench")
        photo = samples.image(place / "photo.png")
        os.link(photo, place / "hard.json")
        base = ["bench", "--model", MODEL, "--sections", "none", "--runs", "1"]
        for output in (photo, place / "hard.json"):
            for source in (photo, place):
                with self.subTest(output=output, source=source):
                    self.refuse(place, *base, "--pictures", source, "--output", output)
        self.refuse(place, *base, "--pictures", "-", "--output", SCRATCH / "report", saying="stdin",
                    stdin=f"{photo}\n".encode())


if __name__ == "__main__":
    main()
