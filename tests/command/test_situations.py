"""Odd environments: closed streams, files that never end, no home, broken driver files, no threads, odd lists."""
import json
import os
import resource
import shutil
import signal
import subprocess
import time
import unittest
from pathlib import Path

import samples
from command import ENVIRONMENT, MODEL, PHOTOS, SCRATCH, arguments, folder, main
from job import BASE, PLAIN, JobTest, open_files, rows_of
from terminal import InTerminal

PHOTO = PHOTOS / "cat.jpg"
DRIVER = os.environ.get("VK_DRIVER_FILES", "").split(":")[0]
IS_LAVAPIPE = "lvp" in DRIVER


def drivers(*files):
    """The environment in which the Vulkan loader reads only these driver files. The second is the old name."""
    text = ":".join(map(str, files))
    return {"VK_DRIVER_FILES": text, "VK_ICD_FILENAMES": text}


class Streams:
    def test_closed_standard_streams(self):
        output = SCRATCH / "closed.csv"
        expected = self.whole(*BASE, PHOTO)
        for closed in ([0], [1], [0, 2], [0, 1, 2]):
            with self.subTest(closed=closed):
                def close(closed=closed):
                    for stream in closed:
                        os.close(stream)

                done = subprocess.run(arguments([*BASE, PHOTO, "--output", output]), preexec_fn=close,
                                      stdin=subprocess.DEVNULL, capture_output=True, env=ENVIRONMENT, timeout=60)
                self.assertEqual(done.returncode, 0, done.stderr)
                # Nothing that goes to stdout or stderr gets into the file.
                self.assertEqual(output.read_bytes(), expected)

    def test_results_for_a_closed_stdout_are_an_error(self):
        for args in (["--version"], ["--help"], ["devices"], ["devices", "--json"], ["info", MODEL], ["models"],
                     ["plan", MODEL], [*BASE, PHOTO], [*BASE, PHOTO, "--format", "jsonl"],
                     [*BASE, PHOTO, "--format", "table"], ["filters", MODEL, "--output", "-"],
                     ["filters", MODEL, "--output", SCRATCH / "filters.png"],
                     ["bench", "--model", MODEL, "--sections", "memory", "--batch", "1"]):
            for stdout, cause in (("closed", "Bad file descriptor"), ("/dev/full", "No space left on device")):
                if stdout == "/dev/full" and "devices" not in args and "classify" not in args:
                    continue
                with self.subTest(args=args, stdout=stdout):
                    def close():
                        os.close(1)

                    with open("/dev/full" if stdout == "/dev/full" else os.devnull, "wb") as sink:
                        done = subprocess.run(arguments(args), stdout=sink, stderr=subprocess.PIPE, text=True,
                                              preexec_fn=close if stdout == "closed" else None,
                                              env=ENVIRONMENT, timeout=60)
                    self.assertEqual(done.returncode, 1, done.stderr)
                    self.assertIn(f"gfnet: stdout: cannot be written: {cause}", done.stderr)

    def test_a_lost_stdout_beside_another_fault(self):
        for label in range(10):
            (SCRATCH / "eval" / str(label)).mkdir(parents=True)
        (SCRATCH / "eval" / "0" / "bad.jpg").write_text("no image")
        (SCRATCH / "eval" / "0" / "good.jpg").symlink_to(PHOTO)
        with open("/dev/full", "wb") as full:
            done = subprocess.run(arguments(["eval", "--model", MODEL, SCRATCH / "eval"]), stdout=full,
                                  stderr=subprocess.PIPE, text=True, env=ENVIRONMENT, timeout=60)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("bad.jpg: not an image", done.stderr)
        self.assertEqual(done.stderr.count("stdout: cannot be written: No space left on device"), 1, done.stderr)

    def test_a_reader_that_ends_early_ends_the_run(self):
        # As for other programs, and as the shell reports it: killed by SIGPIPE.
        for args in (["info", MODEL], [*BASE, *self.images]):
            read, write = os.pipe()
            os.close(read)
            with self.subTest(args=args):
                done = subprocess.run(arguments(args), stdout=write, stderr=subprocess.PIPE, env=PLAIN, timeout=60)
                self.assertEqual((done.returncode, done.stderr), (-signal.SIGPIPE, b""))
            os.close(write)

    def test_a_list_on_closed_stdin_is_empty(self):
        for more in ([], ["--output", SCRATCH / "empty.csv"], ["--shard", "1/2"]):
            with self.subTest(more=more):
                done = subprocess.run(arguments([*BASE, "-", *more]), preexec_fn=lambda: os.close(0),
                                      capture_output=True, env=ENVIRONMENT, timeout=60)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn(b"0 labelled", done.stderr)

    def test_eight_open_files_are_enough(self):
        def confine():
            resource.setrlimit(resource.RLIMIT_NOFILE, (8, 8))

        self.succeed(*BASE, PHOTO)  # compiles
        done = subprocess.run(arguments([*BASE, PHOTO]), preexec_fn=confine,
                              capture_output=True, text=True, env=PLAIN, timeout=60)
        self.assertEqual((done.returncode, len(done.stderr.splitlines())), (0, 1), done.stderr)

    def test_output_minus_is_stdout(self):
        place = folder("minus")
        expected = self.whole(*BASE, PHOTO)
        self.assertEqual(self.succeed(*BASE, PHOTO, "--output", "-", cwd=place).stdout, expected)
        rows = self.succeed(*BASE, PHOTO, "--output", "-", "--format", "jsonl", cwd=place).text
        self.assertEqual(json.loads(rows)["path"], str(PHOTO))
        self.succeed("bench", "--model", MODEL, "--sections", "latency", "--runs", "1", "--output", "-", cwd=place)
        # The table that goes with a drawing is on stderr then.
        drawing = subprocess.run(arguments(["filters", MODEL, "--output", "-"]), capture_output=True, cwd=place,
                                 env=ENVIRONMENT, timeout=60)
        self.assertEqual((drawing.returncode, drawing.stdout[:8]), (0, b"\x89PNG\r\n\x1a\n"))
        self.assertIn(b"blocks.0", drawing.stderr)
        for args in ([*BASE, PHOTO, "--output", "-", "--resume"], [*BASE, PHOTO, "--logits", "-"],
                     [*BASE, PHOTO, "--preprocessed", "-"], [*BASE, PHOTO, "--output", "-", "--format", "parquet"],
                     ["explain", "--model", MODEL, PHOTO, "--output", "e.png", "--map", "-"],
                     ["pull", "gfnet-ti", "--output", "-"]):
            with self.subTest(args=args):
                self.assertEqual(self.run_command(*args, cwd=place).status, 2)
        self.assertEqual(list(place.iterdir()), [])
        self.succeed(*BASE, PHOTO, "--output", "./-", cwd=place)
        self.assertEqual((place / "-").read_bytes(), expected)

    def test_a_dumb_terminal_gets_no_control_sequences(self):
        shown = {}
        for terminal in ("dumb", "xterm"):
            with InTerminal([*BASE, *self.images], {**ENVIRONMENT, "TERM": terminal}) as running:
                running.finish()
                shown[terminal] = running.screen
        self.assertNotIn("\033", shown["dumb"])
        self.assertEqual(len(shown["dumb"].splitlines()), 1)  # the summary
        self.assertIn("\033[K", shown["xterm"])


class Endless:
    """Files that never end are left after one Ctrl-C."""

    def interrupt(self, *args, seconds=2, **environment):
        command = self.start(*args, **environment)
        # The reader has the file open, and waits.
        name = str(args[-1])
        self.wait_for(command, lambda: name in open_files(command.pid))
        begun = time.monotonic()
        command.send_signal(signal.SIGINT)
        stderr = command.communicate(timeout=60)[1].decode()
        self.assertLess(time.monotonic() - begun, seconds)
        self.assertEqual(command.returncode, 130, stderr)
        self.assertIn("to continue: ", stderr)
        return stderr

    def test_pipes_and_devices(self):
        pipe = SCRATCH / "silent.jpg"
        os.mkfifo(pipe)
        unfinished = SCRATCH / "unfinished.jpg"
        os.mkfifo(unfinished)
        writer = os.open(unfinished, os.O_RDWR)
        self.addCleanup(os.close, writer)
        os.write(writer, PHOTO.read_bytes()[:1000])
        files = [pipe, unfinished]
        for device in ("/proc/kmsg", "/dev/ptmx"):
            try:
                os.close(os.open(device, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY))
                files.append(device)
            except OSError:
                pass  # not for this user, or not in this container
        for file in files:
            with self.subTest(file=file):
                output = SCRATCH / "endless.csv"
                output.unlink(missing_ok=True)
                self.interrupt(*BASE, "--output", output, self.images[0], file)
                rows = rows_of(output.read_bytes())
                self.assertIn([row["path"] for row in rows], ([], [str(self.images[0])]))

    def test_a_pipe_with_an_image(self):
        pipe = SCRATCH / "image.jpg"
        os.mkfifo(pipe)
        command = self.start(*BASE, pipe)
        with pipe.open("wb") as writer:
            writer.write(PHOTO.read_bytes())
        rows = rows_of(command.communicate(timeout=60)[0])
        expected = rows_of(self.succeed(*BASE, PHOTO).stdout)
        self.assertEqual({**rows[0], "path": ""}, {**expected[0], "path": ""})

    def test_an_output_that_nobody_reads(self):
        pipe = SCRATCH / "unread.csv"
        os.mkfifo(pipe)
        command = self.start(*BASE, self.images[0], "--output", pipe)
        time.sleep(1)
        begun = time.monotonic()
        command.send_signal(signal.SIGINT)
        stderr = command.communicate(timeout=60)[1].decode()
        self.assertLess(time.monotonic() - begun, 2)
        self.assertEqual(command.returncode, 130, stderr)
        self.assertIn("interrupted before anything was written; to continue: ", stderr)


class Lists:
    def test_lists_of_windows_programs(self):
        names = [str(path) for path in self.images[:3]]
        expected = rows_of(self.succeed(*BASE, *names).stdout)
        for end in ("\n", "\r\n"):
            for encoding in ("utf-8", "utf-8-sig"):
                with self.subTest(end=end, encoding=encoding):
                    stdin = "".join(name + end for name in names).encode(encoding)
                    self.assertEqual(rows_of(self.succeed(*BASE, "-", stdin=stdin).stdout), expected)
        # A name may begin with the same bytes.
        odd = samples.image(SCRATCH / "\ufeffodd.png")
        stdin = os.fsencode(os.path.relpath(odd, SCRATCH)) + b"\0"
        self.succeed(*BASE, "-", stdin=stdin, cwd=SCRATCH)
        # No such file: then they are a mark, also before paths that zero bytes separate.
        for end in ("", "\0"):
            stdin = ("\0".join(names) + end).encode("utf-8-sig")
            self.assertEqual(rows_of(self.succeed(*BASE, "-", stdin=stdin).stdout), expected)
        self.fail_with(1, "missing.jpg: no such file", *BASE, "-", stdin="missing.jpg\0".encode("utf-8-sig"))
        # Only the mark is left of an empty list.
        self.assertEqual(rows_of(self.succeed(*BASE, "-", stdin=b"\xef\xbb\xbf").stdout), [])

    def test_utf_16_is_named(self):
        text = "".join(f"{path}\n" for path in self.images[:3])
        for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
            with self.subTest(encoding=encoding):
                self.fail_with(1, "stdin: is a list in UTF-16", *BASE, "-", stdin=text.encode(encoding))
        # Names of one letter are names.
        place = folder("letters")
        for name in "abcd":
            samples.image(place / name)
        self.assertEqual(len(rows_of(self.succeed(*BASE, "-", stdin=b"a\0b\0c\0d\0", cwd=place).stdout)), 4)


class Names:
    def test_a_model_as_an_option_or_not(self):
        for command in ("info", "plan", "filters"):
            more = ["--output", SCRATCH / "f.png"] if command == "filters" else []
            with self.subTest(command=command):
                given = self.succeed(command, MODEL, *more).text
                self.assertEqual(self.succeed(command, "--model", MODEL, *more).text, given)
                self.assertEqual(self.run_command(command, MODEL, "--model", MODEL, *more).status, 2)

    def test_drawings_are_png(self):
        place = folder("drawings")
        for name in ("x.jpg", "x.JPEG", "x.webp", "x.tiff", "x.svg"):
            for args in (["filters", MODEL], ["explain", "--model", MODEL, PHOTO]):
                with self.subTest(name=name, args=args):
                    self.fail_with(2, "PNG only", *args, "--output", place / name)
        self.assertEqual(list(place.iterdir()), [])

    def test_times_in_the_environment(self):
        for name in ("GFNET_CHECK_SECONDS", "GFNET_HANG_SECONDS"):
            for value in ("x", "0", "1.5", "99999999999"):
                with self.subTest(name=name, value=value):
                    self.fail_with(2, f"{name} is '{value}'", *BASE, PHOTO, **{name: value})
            self.succeed(*BASE, PHOTO, **{name: ""})
            self.succeed(*BASE, PHOTO, **{name: "100"})


class Caches:
    def test_without_a_home(self):
        cache = folder("only cache")
        # One block: few pipelines to compile.
        model = samples.safetensors(SCRATCH / "small.safetensors", samples.gfnet())
        plain = {key: value for key, value in PLAIN.items()
                 if key not in ("HOME", "XDG_CACHE_HOME", "MESA_SHADER_CACHE_DIR")}
        kept = []
        for home in ({}, {}, {"HOME": str(SCRATCH / "missing")}, {"HOME": "/proc"}, {"HOME": ""}):
            done = subprocess.run(arguments(["classify", "--model", model, PHOTO]), capture_output=True, timeout=200,
                                  env={**plain, **home, "GFNET_CACHE": str(cache)})
            self.assertEqual((done.returncode, len(done.stderr.splitlines())), (0, 1), done.stderr)
            kept.append({path: path.stat().st_size for path in cache.rglob("*") if path.is_file()})
        # Later runs add nothing: all that the first one compiled is kept, wherever the home is.
        self.assertEqual(kept[1:], [kept[0]] * 4)
        if IS_LAVAPIPE:
            self.assertGreater(sum(size for path, size in kept[0].items() 
                                   if any(part.startswith("mesa") for part in path.parts)), 10000)
        self.assertFalse((SCRATCH / "missing").exists())

    def test_what_the_user_says_stays(self):
        ours, mesa = folder("ours"), folder("theirs")
        self.succeed("devices", GFNET_CACHE=str(ours), MESA_SHADER_CACHE_DIR=str(mesa))
        self.assertEqual(list(ours.glob("mesa*")), [])

    @unittest.skipUnless(IS_LAVAPIPE, "only Mesa's software driver has vectors of several widths")
    def test_each_width_of_vectors_has_its_shaders(self):
        model = samples.safetensors(SCRATCH / "small.safetensors", samples.gfnet())
        plain = {key: value for key, value in PLAIN.items() if key not in ("MESA_SHADER_CACHE_DIR", "LP_NATIVE_VECTOR_WIDTH")}
        cache, rows = folder("widths"), set()
        for width in ({}, {"LP_NATIVE_VECTOR_WIDTH": "128"}, {"LP_NATIVE_VECTOR_WIDTH": "256"}, {}):
            environment = {**plain, **width, "GFNET_CACHE": str(cache)}
            done = subprocess.run(arguments(["classify", "--model", model, PHOTO, "--format", "csv"]), capture_output=True,
                                  text=True, timeout=200, env=environment)
            self.assertEqual(done.returncode, 0, done.stderr)
            rows.add(done.stdout)
            for bits in width.values():
                self.assertIn(f"{bits} bits", done.stderr)
                self.assertTrue(any((cache / f"mesa-{bits}").rglob("*")))
        self.assertEqual(len(rows), 1, rows)

    def test_nothing_can_be_kept(self):
        plain = {key: value for key, value in ENVIRONMENT.items()
                 if key not in ("HOME", "XDG_CACHE_HOME", "GFNET_CACHE")}
        for more, count in (({}, 1), ({"GFNET_CACHE": ""}, 0), ({"GFNET_CACHE": "/proc/none"}, 1),
                            ({"HOME": "/proc/none"}, 1)):
            with self.subTest(more=more):
                done = subprocess.run(arguments([*BASE, PHOTO, "--device", "0,0"]), capture_output=True, text=True,
                                      env={**plain, **more}, timeout=200)
                self.assertEqual(done.returncode, 0, done.stderr)
                said = [line for line in done.stderr.splitlines() if "every run must" in line]
                self.assertEqual(len(said), count, done.stderr)


class Drivers:
    def test_a_broken_driver_file_beside_a_good_one(self):
        if not DRIVER:
            self.skipTest("the driver is the system's")
        place = folder("drivers")
        good = Path(DRIVER).read_text()
        broken = {"half.json": good[:len(good) // 2], "words.json": "no driver", "page.json": "<html></html>",
                  "comma.json": good.rstrip().removesuffix("}") + ",}", "binary.json": "\x7fELF\x02\x01",
                  "list.json": "[1, 2]", "lists.json": '{"file_format_version": [1], "ICD": [1]}'}
        for name, content in broken.items():
            (place / name).write_text(content)
            with self.subTest(name=name):
                for files in ([place / name, DRIVER], [DRIVER, place / name]):
                    result = self.run_command("devices", **drivers(*files))
                    # A newer loader passes over the file, unless it may crash.
                    if result.status != 0 or "list" in name:
                        self.assertEqual((result.status, len(result.errors)), (3, 1), result.stderr)
                        self.assertIn(f"'{place / name}'", result.errors[0])

    def test_a_driver_whose_library_is_gone(self):
        file = SCRATCH / "gone.json"
        file.write_text(json.dumps({"file_format_version": "1.0.0",
                                    "ICD": {"library_path": "/nowhere/driver.so", "api_version": "1.3.0"}}))
        self.fail_with(3, [str(file), "/nowhere/driver.so"], *BASE, PHOTO, **drivers(file))
        if DRIVER:
            self.succeed("devices", **drivers(file, DRIVER))


class Threads:
    def test_no_threads_left(self):
        if os.geteuid() != 0:
            self.skipTest("only root can become a user without other processes")
        if not all(folder_above.stat().st_mode & 1 for folder_above in Path(arguments([])[0]).resolve().parents):
            self.skipTest("other users cannot reach the program")
        place = folder("threads")
        model, photo = place / "m.safetensors", place / "p.jpg"
        samples.safetensors(model, samples.gfnet())  # one block: little to compile
        shutil.copyfile(PHOTO, photo)
        SCRATCH.chmod(0o755)
        place.chmod(0o777)
        said = []
        for limit in (1, 2, 3, 6, 12, 100):
            def confine(limit=limit):
                resource.setrlimit(resource.RLIMIT_NPROC, (limit, limit))
                os.setgroups([])
                os.setgid(54321)
                os.setuid(54321)

            done = subprocess.run(arguments(["classify", "--model", model, photo]), capture_output=True, text=True,
                                  preexec_fn=confine, timeout=100,
                                  env={**ENVIRONMENT, "HOME": str(place), "GFNET_CACHE": str(place / "cache"),
                                       "GFNET_VALIDATION": "0"})
            if done.returncode == 0:
                break
            self.assertIn(done.returncode, (1, 3), done.stderr)
            said.append(done.stderr)
            self.assertRegex(done.stderr, r"threads? .*cannot be started")
        self.assertEqual(done.returncode, 0, said)
        self.assertNotEqual(said, [])


class Situations(Streams, Endless, Lists, Names, Caches, Drivers, Threads, JobTest):
    pass


if __name__ == "__main__":
    main()
