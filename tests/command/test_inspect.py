"""gfnet info and gfnet plan, for every checkpoint of the reference data."""
import json
import math

import numpy

from command import MODEL, REFERENCE, CommandTest, main

CHECKPOINTS = sorted(REFERENCE.glob("*.pth"))


class Inspect(CommandTest):
    def test_info(self):
        self.assertNotEqual(CHECKPOINTS, [])
        for path in CHECKPOINTS:
            with self.subTest(checkpoint=path.name):
                told = json.loads(self.succeed("info", path, "--json").stdout)
                images = numpy.load(path.with_suffix(".input.npy"), mmap_mode="r")
                logits = numpy.load(path.with_suffix(".logits.npy"), mmap_mode="r")
                self.assertEqual(told["input"], list(images.shape[1:]))
                self.assertEqual(told["classes"], logits.shape[1])
                self.assertEqual(told["architecture"] == "pyramid", path.name.startswith("pyramid"))
                self.assertEqual(told["parameters"],
                                 sum(math.prod(tensor["shape"]) for tensor in told["tensors"]))
                text = self.succeed("info", path).text
                for tensor in told["tensors"]:
                    self.assertIn(tensor["name"], text)

    def test_plan(self):
        for path in CHECKPOINTS:
            with self.subTest(checkpoint=path.name):
                told = json.loads(self.succeed("plan", path, "--json", "--batch", "3").stdout)
                self.assertEqual(told["batch"], 3)
                self.assertGreater(told["arena_bytes"], 0)
                text = self.succeed("plan", path, "--batch", "3").text
                for step in told["steps"]:
                    self.assertIn(step["name"], text)
                    for decision in (step[key] for key in ("way", "kernel_choice") if key in step):
                        self.assertIn(decision["chosen"], decision["candidates"])
                        if len(decision["candidates"]) > 1:
                            self.assertIn(decision["problem"], text)
                problems = {step["way"]["problem"] for step in told["steps"] if "way" in step}
                self.assertTrue(any(problem.startswith("spectral ") for problem in problems))

    def test_a_batch_too_large_for_the_device(self):
        # Too large for software drivers, which bind 128 MiB; a GPU may have room.
        result = self.run_command("plan", MODEL, "--batch", "65535")
        if result.status != 0:
            self.assertEqual((result.status, len(result.errors)), (3, 1))
            self.assertIn("try a smaller batch", result.errors[0])


if __name__ == "__main__":
    main()
