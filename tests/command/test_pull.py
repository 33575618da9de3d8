"""gfnet pull, gfnet models and --model NAME, against a server with faults."""
import hashlib
import json
import os
import resource
import signal
import subprocess

import numpy

import samples
from command import (COMMAND, ENVIRONMENT, SCRATCH, CommandTest, folder, main,
                     restart_where_mounting_is_allowed)
from faulty_server import FaultyServer, wait_until

NAME = "gfnet-ti"


def gfnet_ti():
    """{name: float32 array} in the shapes of gfnet-ti. Each array repeats the same 1009 random numbers."""
    noise = numpy.random.default_rng(5).standard_normal(1009).astype(numpy.float32)
    shapes = {"pos_embed": (1, 196, 256), "patch_embed.proj.weight": (256, 3, 16, 16),
              "patch_embed.proj.bias": (256,), "norm.weight": (256,), "norm.bias": (256,),
              "head.weight": (1000, 256), "head.bias": (1000,)}
    for block in range(12):
        for name, shape in {"norm1.weight": (256,), "norm1.bias": (256,), "norm2.weight": (256,),
                            "norm2.bias": (256,), "filter.complex_weight": (14, 8, 256, 2),
                            "mlp.fc1.weight": (1024, 256), "mlp.fc1.bias": (1024,),
                            "mlp.fc2.weight": (256, 1024), "mlp.fc2.bias": (256,)}.items():
            shapes[f"blocks.{block}.{name}"] = shape
    return {name: numpy.resize(0.05 * noise, shape) for name, shape in shapes.items()}


FILE = samples.safetensors(SCRATCH / "ti", gfnet_ti())
CONTENT = FILE.read_bytes()
OTHER = samples.safetensors(SCRATCH / "other", samples.gfnet(classes=1000)).read_bytes()


class Pull(CommandTest):
    def setUp(self):
        self.server = FaultyServer(CONTENT)
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.addCleanup(self.server.released.set)
        self.cache = folder(self.id())
        self.file = self.cache / "models" / f"{NAME}.pth"
        self.part = self.file.with_name(self.file.name + ".part")
        self.environment = {"GFNET_CACHE": str(self.cache), "NO_PROXY": "127.0.0.1",
                            "no_proxy": "127.0.0.1"}

    def pull_args(self, path="model.pth"):
        return ["pull", NAME, "--from", self.server.address(path)]

    def pull(self, path="model.pth"):
        return self.succeed(*self.pull_args(path), **self.environment)

    def pull_fails(self, saying, path="model.pth", **options):
        result = self.fail_with(1, saying, *self.pull_args(path), **self.environment, **options)
        self.assertFalse(self.file.exists(), "a broken file under the final name")
        return result

    def assert_whole(self):
        self.assertEqual(sorted(p.name for p in self.file.parent.iterdir()),
                         [self.file.name, self.file.name + ".json"])
        self.assertEqual(self.file.read_bytes(), CONTENT)
        record = json.loads(self.file.with_name(self.file.name + ".json").read_text())
        self.assertEqual((record["sha256"], record["bytes"]),
                         (hashlib.sha256(CONTENT).hexdigest(), len(CONTENT)))

    def state(self, *args, status=0):
        result = self.run_command("models", "--json", *args, **self.environment)
        self.assertEqual(result.status, status)
        return {entry["name"]: entry["state"] for entry in json.loads(result.stdout)}[NAME]

    def test_a_pulled_model_is_found_by_its_name(self):
        self.fail_with(1, f"gfnet pull {NAME}", "info", NAME, **self.environment)
        self.assertEqual(self.state(), "no")
        self.assertIn(str(self.file), self.pull("moved").text)
        self.assert_whole()
        self.assertEqual(self.state("--verify"), "here")
        told = json.loads(self.succeed("info", NAME, "--json", **self.environment).stdout)
        self.assertEqual((told["path"], told["parameters"] // 10**6), (str(self.file), 7))
        again = self.succeed("pull", NAME, **self.environment)
        self.assertIn("already there", again.text)

    def test_a_broken_connection_is_resumed(self):
        for stop, expected in ((1_000_003, None), (2_000_001, "bytes=1000003-"), (0, None)):
            self.server.stop_after = stop
            if stop:
                self.pull_fails(["broke off", "run the command again"])
                self.assertEqual(self.server.requests[-1], expected)
        self.assertEqual(self.part.read_bytes(), CONTENT[:3_000_004])
        self.assertEqual(self.state(), "partial")
        self.server.stop_after = None
        self.pull()
        self.assertEqual(self.server.requests[-1], "bytes=3000004-")
        self.assert_whole()

    def test_a_server_without_ranges_sends_the_whole_file_again(self):
        self.server.stop_after = 1_000_003
        self.pull_fails("broke off")
        self.server.stop_after, self.server.ranges = None, False
        self.pull()
        self.assert_whole()

    def test_a_changed_file_is_not_mixed_with_the_old_part(self):
        for etag in ('"two"', None):
            self.server.content, self.server.etag = b"\0" * (len(CONTENT) + 1), etag and '"one"'
            self.server.stop_after = 1_000_003
            self.pull_fails("broke off")
            self.server.content, self.server.etag, self.server.stop_after = CONTENT, etag, None
            self.pull()
            self.assert_whole()
            self.file.unlink()

    def test_a_complete_but_unchecked_part(self):
        self.server.stop_after = 1_000_003
        self.pull_fails("broke off")
        with self.part.open("ab") as part:
            part.write(CONTENT[1_000_003:])
        self.server.stop_after = None
        self.pull()
        self.assertEqual(self.server.requests[-1], f"bytes={len(CONTENT)}-")
        self.assert_whole()

    def test_a_part_completed_by_other_means(self):
        self.server.stop_after = 1_000_003
        self.pull_fails("broke off")
        self.fail_with(1, "No such file", "pull", NAME, "--from", SCRATCH / "misspelt.pth",
                       **self.environment)
        self.assertEqual(self.part.read_bytes(), CONTENT[:1_000_003])
        self.fail_with(1, str(self.part), "pull", NAME, "--from", self.part, **self.environment)
        self.assertEqual(self.part.read_bytes(), CONTENT[:1_000_003])
        self.part.write_bytes(CONTENT)
        self.succeed("pull", NAME, "--from", self.part, **self.environment)
        self.assertEqual(self.file.read_bytes(), CONTENT)

    def test_a_server_that_sends_less_than_requested(self):
        self.server.stop_after = 1_000_003
        self.pull_fails("broke off")
        self.server.stop_after, self.server.most = None, 500_000
        self.pull_fails(["broke off", "run the command again"])
        self.assertEqual(self.part.read_bytes(), CONTENT[:1_500_003])
        self.server.most = None
        self.pull()
        self.assert_whole()

    def test_wrong_content_is_rejected(self):
        for content, saying in ((b"<!DOCTYPE html><html>Log in</html>", "is a web page"),
                                (b"\r\n <html>", "is a web page"),
                                (b"weights\n" * 1000, "neither a PyTorch nor a safetensors"),
                                (CONTENT[:-1000], ""), (OTHER, ["is not a gfnet-ti", "8 channels"]),
                                (b"", "empty")):
            self.server.content = content
            with self.subTest(saying=saying):
                result = self.pull_fails(saying)
                self.assertIn(self.server.address(), result.stderr)
                self.assertEqual(list(self.file.parent.iterdir()), [], "a useless part is kept")

    def test_a_server_that_lies_about_the_size(self):
        self.server.length = len(CONTENT) + 5
        self.pull_fails("broke off")
        self.part.unlink()
        self.server.length = len(CONTENT) - 5
        self.pull_fails("")

    def test_error_status_bad_redirect_and_no_server(self):
        self.pull_fails("HTTP status 404", "missing")
        self.pull_fails("rotocol", "elsewhere")
        self.server.shutdown()
        self.server.server_close()
        self.pull_fails("onnect")
        self.assertEqual(list(self.file.parent.iterdir()), [])

    def test_a_failed_write(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))
        # Python ignores SIGXFSZ, and so does its child: a write beyond the limit fails instead.
        done = subprocess.run([COMMAND, *self.pull_args()], env={**ENVIRONMENT, **self.environment},
                              preexec_fn=limit, restore_signals=False, capture_output=True,
                              text=True, timeout=60)
        self.assertEqual((done.returncode, len(done.stderr.splitlines())), (1, 1), done.stderr)
        self.assertIn("File too large", done.stderr)
        self.assertFalse(self.file.exists())
        self.pull()
        self.assert_whole()

    def test_too_little_free_space(self):
        models = self.file.parent
        models.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", models],
                                 capture_output=True)
        if mounted.returncode != 0:
            self.skipTest("cannot mount a file system")
        self.addCleanup(subprocess.run, ["umount", models])
        self.pull_fails(["more", "are free"])

    def test_ctrl_c_leaves_the_part(self):
        self.server.pause_after = 1_000_003
        command = subprocess.Popen([COMMAND, *self.pull_args()], stderr=subprocess.PIPE,
                                   env={**ENVIRONMENT, **self.environment}, text=True)
        wait_until(lambda: self.part.exists() and self.part.stat().st_size == 1_000_003)
        self.pull_fails("another gfnet")
        command.send_signal(signal.SIGINT)
        error = command.communicate(timeout=30)[1]
        self.assertEqual(command.returncode, 130)
        self.assertRegex(error, r"stopped after 1.0 MB of \d+\.\d MB; run the command again to continue")
        self.server.pause_after = None
        self.pull()
        self.assertEqual(self.server.requests[-1], "bytes=1000003-")
        self.assert_whole()

    def test_later_damage_is_noticed(self):
        self.pull()
        times = self.file.stat()
        for change, quiet in ((lambda c: c[:-1], False), (lambda c: c[:-1] + b"!", False),
                              (lambda c: c[:-1] + b"!", True)):
            self.file.write_bytes(change(CONTENT))
            if quiet:  # as on a failing disk: only reading the whole file reveals it
                os.utime(self.file, ns=(times.st_atime_ns, times.st_mtime_ns))
            else:
                self.fail_with(1, [str(self.file), f"gfnet pull {NAME}"], "info", NAME,
                               **self.environment)
            self.assertEqual(self.state("--verify", status=1), "damaged")
        self.assertIn("replaces a damaged file", self.pull().text)
        self.assert_whole()

    def test_a_local_file(self):
        self.succeed("pull", NAME, "--from", FILE, **self.environment)
        self.assert_whole()
        self.succeed("pull", NAME, "--from", FILE, "--output", self.cache / "own",
                     GFNET_CACHE="")
        self.assertEqual((self.cache / "own" / f"{NAME}.pth").read_bytes(), CONTENT)
        self.fail_with(1, ["nothing", "No such file"], "pull", NAME, "--from", "nothing",
                       **self.environment)
        self.fail_with(1, "is a folder", "pull", NAME, "--from", self.cache, **self.environment)
        self.assert_whole()
        # A file put there by hand is used as it is; pull checks it and then records it.
        self.file.with_name(self.file.name + ".json").unlink()
        self.assertEqual(self.state(), "unchecked")
        self.succeed("info", NAME, **self.environment)
        self.assertIn("already there", self.succeed("pull", NAME, **self.environment).text)
        self.assertEqual(self.state(), "here")

    def test_a_file_of_somebody_else_stays(self):
        # Somebody's own checkpoint, named like one of the zoo.
        self.file.parent.mkdir(parents=True)
        self.file.write_bytes(OTHER)
        for args in (["--from", FILE], ["--from", self.server.address("model.pth")], []):
            with self.subTest(args=args):
                self.fail_with(1, str(self.file), "pull", NAME, *args, **self.environment)
                self.assertEqual(self.file.read_bytes(), OTHER)
                self.assertEqual([path.name for path in self.file.parent.iterdir()], [self.file.name])

    def test_notes_of_somebody_else_beside_it_stay(self):
        self.file.parent.mkdir(parents=True)
        notes = self.file.with_name(self.file.name + ".json")
        for text in ("my notes", '{"sha256": "of another program"}', "[1]"):
            notes.write_text(text)
            for own in (None, CONTENT):
                if own:
                    self.file.write_bytes(own)
                with self.subTest(text=text, own=own is not None):
                    self.fail_with(1, f"{notes}: was not made by gfnet", "pull", NAME, "--from", FILE, **self.environment)
                    self.assertEqual(notes.read_text(), text)
            self.file.unlink()
        notes.write_text("")
        self.succeed("pull", NAME, "--from", FILE, **self.environment)
        self.assert_whole()

    def test_usage(self):
        for saying, *args in (["no model 'gfnet-x'", "gfnet-x"], ["NAME"],
                              ["one model", "gfnet-s", "gfnet-b", "--from", "x"],
                              ["http", NAME, "--from", "ftp://127.0.0.1/x"]):
            self.fail_with(2, saying, "pull", *args, **self.environment)
        self.fail_with(1, "--output", "pull", NAME, GFNET_CACHE="")
        self.assertIn("comes with gfnet", self.succeed("pull", "gfnet-cifar10").text)

    def test_the_list(self):
        text = self.succeed("models", **self.environment).text
        for entry in json.loads(self.succeed("models", "--json", **self.environment).stdout):
            self.assertIn(entry["name"], text)
            self.assertEqual(entry["state"], "no" if entry["source"] else "bundled")
            self.assertIn(entry["source"] or "", text)
        told = json.loads(self.succeed("info", "gfnet-cifar10", "--json").stdout)
        self.assertEqual(told["parameters"], entry["parameters"])
        self.assertAlmostEqual(told["macs"] / entry["macs"], 1, 2)
        with open(told["path"], "rb") as bundled:
            self.assertEqual(hashlib.sha256(bundled.read()).hexdigest(), entry["sha256"])


if __name__ == "__main__":
    restart_where_mounting_is_allowed()
    main()
