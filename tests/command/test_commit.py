"""cmake/Commit.cmake: the commit that gfnet --version names.

usage: test_commit.py CMAKE REPOSITORY
"""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CMAKE, SCRIPT = sys.argv[1], Path(sys.argv[2]) / "cmake" / "Commit.cmake"
if shutil.which("git") is None:
    print("skipped: no git")
    sys.exit(77)

# No setting of this machine's user reaches git.
ENVIRONMENT = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
               "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org",
               "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org"}
for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
    ENVIRONMENT.pop(name, None)


class Commit(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="gfnet-commit-")
        self.addCleanup(scratch.cleanup)
        self.source = Path(scratch.name) / "source"
        self.header = Path(scratch.name) / "commit.h"
        (self.source / "cmake").mkdir(parents=True)
        shutil.copy(SCRIPT, self.source / "cmake")
        shutil.copy(SCRIPT.with_name("archived-commit.txt"), self.source / "cmake")
        shutil.copy(SCRIPT.parents[1] / ".gitattributes", self.source)

    def git(self, *args):
        return subprocess.run(["git", "-C", self.source, *args], env=ENVIRONMENT, check=True,
                              capture_output=True).stdout

    def commit(self):
        self.git("init", "-q")
        self.git("add", ".")
        self.git("commit", "-q", "-m", "first")
        return self.git("describe", "--always").decode().strip()

    def written(self, source=None):
        """The text between the quotes in the header that the script writes."""
        source = source or self.source
        subprocess.run([CMAKE, "-D", f"SOURCE={source}", "-D", f"OUTPUT={self.header}", "-P",
                        source / "cmake" / "Commit.cmake"], env=ENVIRONMENT, check=True)
        return self.header.read_text().split('"')[1]

    def test_checkout(self):
        described = self.commit()
        self.assertEqual(self.written(), f"commit {described}")
        with (self.source / "cmake" / "Commit.cmake").open("a") as script:
            script.write("\n")
        self.assertEqual(self.written(), f"commit {described}-dirty")

    def test_same_commit_leaves_the_header_untouched(self):
        self.commit()
        self.written()
        os.utime(self.header, (1, 1))
        self.written()
        self.assertEqual(self.header.stat().st_mtime, 1)
        self.git("commit", "-q", "--allow-empty", "-m", "second")
        self.written()
        self.assertNotEqual(self.header.stat().st_mtime, 1)

    def test_archive(self):
        described = self.commit()
        archive = self.source.parent / "archive"
        archive.mkdir()
        subprocess.run(["tar", "-x", "-C", archive], input=self.git("archive", "HEAD"), check=True)
        self.assertEqual(self.written(archive), f"commit {described}")

    def test_copy_without_git(self):
        self.assertEqual(self.written(), "unknown commit")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
