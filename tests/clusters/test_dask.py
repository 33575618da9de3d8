"""The recipe for Dask: a worker that is killed."""
import unittest

from cluster import Folder, Killer, Rows, check, recipe, say, versions


class Dask(unittest.TestCase):
    maxDiff = 2000

    def test_a_worker_killed(self):
        with Folder() as folder:
            killer = Killer()
            folder.run(recipe("Dask"), kill=killer, name="dask")
            check(self, Rows.of_parquet(folder.path / "labels"), killer)
            self.assertEqual(len(killer.worked), 3, f"a new worker took the place of the killed one: {killer}")


if __name__ == "__main__":
    say(versions("dask", "distributed", "pandas", "pyarrow"))
    unittest.main()
