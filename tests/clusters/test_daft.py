"""The recipe for Daft: alone on a machine, where the loss of a worker ends the job, and on Ray, where it does not."""
import unittest

from cluster import Folder, Killer, Rows, check, recipe, say, versions

RAY = "import ray\nray.init(num_cpus=4, include_dashboard=False, object_store_memory=200 * 2**20)\n"


class Daft(unittest.TestCase):
    maxDiff = 2000

    def test_rows(self):
        with Folder() as folder:
            folder.run(recipe("Daft", 0), name="daft")
            check(self, Rows.of_parquet(folder.path / "labels"))

    def test_a_worker_killed_without_ray(self):
        with Folder() as folder:
            killer = Killer()
            with self.assertRaisesRegex(AssertionError, "UDF process"):
                folder.run(recipe("Daft", 0), kill=killer, name="daft")
            self.assertIsNotNone(killer.killed)
            self.assertEqual(list((folder.path / "labels").rglob("*.parquet")), [])

    def test_a_worker_killed_on_ray(self):
        with Folder() as folder:
            killer = Killer()
            folder.run(RAY + recipe("Daft", 1) + recipe("Daft", 0), kill=killer, name="daft on Ray")
            check(self, Rows.of_parquet(folder.path / "labels"), killer)
            self.assertEqual(len(killer.worked), 3, f"a new worker took the place of the killed one: {killer}")


if __name__ == "__main__":
    say(versions("daft", "ray", "pyarrow"))
    unittest.main()
