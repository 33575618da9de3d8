"""Exit status 2 for wrong usage, 3 without a device, 1 for output that cannot be written."""
import json
import re
import subprocess

import numpy

from command import COMMAND, ENVIRONMENT, MODEL, NO_DRIVER, SCRATCH, CommandTest, folder, main
from samples import gfnet, image, safetensors


class Usage(CommandTest):
    def test_help_goes_to_stdout(self):
        for args in (["--help"], ["classify", "--help"]):
            self.assertNotEqual(self.succeed(*args).stdout, b"")

    def test_version_names_commit_and_libraries(self):
        first, *libraries = self.succeed("--version").text.splitlines()
        self.assertRegex(first, r"^gfnet \d+\.\d+\.\d+ \((commit \S+|unknown commit)\)$")
        told = {}
        for line in libraries:
            known = re.fullmatch(r"with (.+?)(?: (\S*\d\S*))?|without (.+)", line)
            self.assertIsNotNone(known, line)
            told[known[1] or known[3]] = known[2]
        for name in ("Vulkan headers", "VkFFT", "glslang", "SPIRV-Cross C API", "fmt", "zlib", "stb_image",
                     "nlohmann-json", "CLI11", "OpenSSL"):
            self.assertRegex(told[name], r"^\d+(\.\d+)*$", name)
        for name in ("libjpeg-turbo", "libpng", "giflib", "libwebp", "libtiff", "libavif", "libheif", "libjxl", "libcurl",
                     "FFmpeg", "GLFW", "Dear ImGui", "volk", "Apache Arrow"):
            self.assertIn(name, told)

    def test_wrong_usage_is_one_line(self):
        for saying, *args in (
                ["name a command"],
                ["no command 'label'", "label"],
                ["no command 'a\\x0ab'", "a\nb"],
                ["--help", "--nonsense"],
                ["give images, folders", "classify"],
                ["exclude each other", "classify", "a.jpg", "--tensor", "b.npy"],
                ["--preprocessed", "classify", "--tensor", "b.npy", "--preprocessed", "c.npy"],
                ["-dash.jpg", "classify", "-dash.jpg"],
                ["--top", "classify", "a.jpg", "--top", "0"],
                ["--top", "classify", "a.jpg", "--top", "five"],
                ["--batch", "classify", "a.jpg", "--batch", "0"],
                ["--batch", "classify", "a.jpg", "--batch", "-1"],
                ["--batch", "classify", "a.jpg", "--batch", "99999999999999999999"],
                ["--batch", "classify", "a.jpg", "--batch"],
                ["--format", "classify", "a.jpg", "--format", "xml"],
                ["--resume needs --output", "classify", "a.jpg", "--resume"],
                ["--resume needs --output", "classify", "a.jpg", "--resume", "--output", "x", "--format",
                 "table"],
                ["need PATHs", "classify", "--tensor", "b.npy", "--resume", "--output", "x"],
                ["need PATHs", "classify", "--tensor", "b.npy", "--shard", "1/2"],
                *(["K/N", "classify", "a.jpg", f"--shard={shard}"]
                  for shard in ("0/2", "3/2", "1", "1/", "/2", "1/0", "-1/2", "1/2/3", "a/b", "1/2 ")),
                ["--format", "classify", "a.jpg", "--format", "c\nsv"],
                ["--precision", "classify", "a.jpg", "--precision", "fp8"],
                ["DIR", "eval"],
                ["extra", "info", MODEL, "extra"]):
            with self.subTest(args=args):
                self.assertEqual(self.fail_with(2, saying, *args).stdout, b"")

    def test_no_output_overwrites_an_input(self):
        place = folder("outputs")
        photo = image(place / "photo.png")
        model = place / "model.pth"
        model.write_bytes(MODEL.read_bytes())
        labels = place / "labels.txt"
        labels.write_text("".join(f"{i}\n" for i in range(10)))
        tensor = place / "tensor.npy"
        tensor.write_bytes(b"whatever")
        (place / "link").symlink_to(photo)
        base = ["classify", "--model", model]
        for args in (
                [*base, photo, "--output", photo],
                [*base, place, "--output", photo],
                [*base, photo, "--output", place / "link"],
                [*base, photo, "--logits", model],
                [*base, photo, "--labels", labels, "--preprocessed", labels],
                [*base, "--tensor", tensor, "--logits", tensor],
                [*base, photo, "--output", place / "new", "--logits", place / "." / "new"]):
            with self.subTest(args=args):
                before = {path: path.read_bytes() for path in place.iterdir()}
                self.fail_with(2, "would overwrite", *args)
                self.assertEqual(before, {path: path.read_bytes() for path in place.iterdir()})
        self.succeed(*base, photo, "--output", "/dev/null", "--logits", "/dev/null")

    def test_unknown_device(self):
        for command in (["classify", "a.jpg", "--model"], ["plan"]):
            for device in ("no such device", "99", "-1"):
                with self.subTest(command=command, device=device):
                    saying = f"no device '{device}'"
                    self.fail_with(3, saying, *command, MODEL, f"--device={device}")
                    self.fail_with(3, saying, *command, MODEL, GFNET_DEVICE=device)

    def test_an_unknown_log_level_is_named(self):
        result = self.run_command("info", MODEL, GFNET_LOG="trace")
        self.assertEqual((result.status, result.errors), (0, []))
        result = self.run_command("plan", MODEL, GFNET_CACHE="/proc/none", GFNET_LOG="trace")
        self.assertEqual(result.status, 0)
        self.assertIn("GFNET_LOG is neither info nor debug; only warnings are printed", result.errors)

    def test_no_driver(self):
        for args in (["devices"], ["plan", MODEL], ["classify", "a.jpg", "--model", MODEL]):
            with self.subTest(args=args):
                self.fail_with(3, "found no driver", *args, **NO_DRIVER)

    def test_no_loader(self):
        loader = folder("loader")
        for name in ("libvulkan.so.1", "libvulkan.so"):
            (loader / name).write_text("no library")
        self.fail_with(3, "no Vulkan loader", "devices", LD_LIBRARY_PATH=str(loader))
        self.succeed("info", MODEL, LD_LIBRARY_PATH=str(loader))  # needs no device

    def test_half_precision(self):
        listed = json.loads(self.succeed("devices", "--json").stdout)
        device = next(entry for entry in listed if entry["default"])
        for precision in ("auto", "fp32", "fp16"):
            args = ["plan", MODEL, "--json", "--precision", precision]
            if precision == "fp16" and not device["fp16_storage"]:
                self.fail_with(3, ["16-bit storage", device["name"]], *args)
                continue
            wanted = device["auto_precision"] if precision == "auto" else precision
            self.assertEqual(json.loads(self.succeed(*args).stdout)["precision"], wanted)

    def test_weights_that_fp16_cannot_hold(self):
        listed = json.loads(self.succeed("devices", "--json").stdout)
        if not any(entry["default"] and entry["fp16_storage"] for entry in listed):
            self.skipTest("no 16-bit storage")
        photo = image(SCRATCH / "halves.png")
        for factor, cause in ((1e7, "the largest half is 65504"), (1e-7, "too small for half")):
            tensors = gfnet()
            name = "blocks.0.mlp.fc1.weight"
            tensors[name] = tensors[name] * numpy.float32(factor)
            model = safetensors(SCRATCH / f"factor {factor}.safetensors", tensors)
            self.fail_with(1, [model.name, name, cause], "classify", photo, "--model", model,
                           "--precision", "fp16")
            self.succeed("classify", photo, "--model", model)

    def test_full_disk(self):
        photo = image(SCRATCH / "photo.png")
        for args in (["--version"], ["devices"], ["info", MODEL], ["info", MODEL, "--json"],
                     ["plan", MODEL], ["classify", photo, "--model", MODEL]):
            with self.subTest(args=args), open("/dev/full", "wb") as full:
                self.fail_with(1, "stdout: cannot be written", *args, stdout=full)

    def test_devices(self):
        listed = json.loads(self.succeed("devices", "--json").stdout)
        self.assertEqual(sum(device["default"] for device in listed), 1)
        text = self.succeed("devices").text
        for device in listed:
            self.assertIn(device["name"], text)
        self.assertEqual(len(text.splitlines()), 2 + len(listed))

    def test_stdout_closed_by_its_reader(self):
        command = subprocess.Popen([COMMAND, "info", str(MODEL), "--json"], env=ENVIRONMENT,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        command.stdout.close()
        self.assertNotIn(b"terminate", command.communicate(timeout=60)[1])


if __name__ == "__main__":
    main()
