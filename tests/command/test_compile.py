"""gfnet plan --compile on the driver under test. tests/drivers has other drivers."""
import json
from collections import Counter

from command import MODEL, CommandTest, main


class Compile(CommandTest):
    def test_all_kernels_of_a_plan_compile(self):
        plan = json.loads(self.succeed("plan", MODEL, "--json").stdout)
        wanted = Counter((step["kernel"], tuple(step["specialization"])) for step in plan["steps"]
                         if "specialization" in step)
        compiled = json.loads(self.succeed("plan", MODEL, "--compile", "--json").stdout)
        self.assertEqual(wanted, {(entry["kernel"], tuple(entry["specialization"])): entry["steps"]
                                  for entry in compiled})
        text = self.succeed("plan", MODEL, "--compile").text
        for entry in compiled:
            self.assertNotIn("refusal", entry)
            self.assertIn(entry["kernel"], text)

    def test_option_all_kernels_needs_compile(self):
        self.fail_with(2, "--compile", "plan", "--all-kernels")


if __name__ == "__main__":
    main()
