"""A home or cache folder without space: runs go on, their results are right, and one notice says so."""
import os
import subprocess

import samples
from command import ENVIRONMENT, PHOTOS, SCRATCH, CommandTest, arguments, folder, main, restart_where_mounting_is_allowed

PHOTO = PHOTOS / "cat.jpg"


def fill(place):
    """Writes a file that takes all the space that is left."""
    with open(place / "ballast", "ab", buffering=0) as ballast:
        try:
            while ballast.write(bytes(4096)):
                pass
        except OSError:
            pass


class FullHome(CommandTest):
    def setUp(self):
        self.home = folder(self.id())
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "gfnet", self.home],
                          capture_output=True).returncode != 0:
            self.skipTest("cannot mount a file system")
        self.addCleanup(subprocess.run, ["umount", self.home])
        self.model = samples.safetensors(SCRATCH / f"{self.id()}.safetensors", samples.gfnet())
        self.expected = self.succeed("classify", "--model", self.model, PHOTO).stdout

    def labels(self, keeps_shaders=True, **environment):
        """The notices of a run with this home. Checks what it writes besides.

        keeps_shaders: whether Mesa's shaders are elsewhere, and need not be compiled.
        """
        absent = ["XDG_CACHE_HOME", "GFNET_CACHE", "TMPDIR"] + ([] if keeps_shaders else ["MESA_SHADER_CACHE_DIR"])
        plain = {key: value for key, value in ENVIRONMENT.items() if key not in absent}
        done = subprocess.run(arguments(["classify", "--model", self.model, PHOTO]), capture_output=True, timeout=200,
                              env={**plain, "GFNET_VALIDATION": "0", "HOME": str(self.home), **environment})
        lines = done.stderr.decode().splitlines()
        self.assertEqual((done.returncode, done.stdout), (0, self.expected), lines)
        return [line for line in lines if line.startswith("gfnet: ")]

    def check_notice(self, notices):
        self.assertEqual(len(notices), 1, notices)
        self.assertIn("cannot be written: ", notices[0])
        self.assertIn("every run must rebuild it", notices[0])

    def test_without_space_from_the_start(self):
        fill(self.home)
        self.check_notice(self.labels(keeps_shaders=False))
        for environment in ({"GFNET_CACHE": str(self.home / "cache")}, {"XDG_CACHE_HOME": str(self.home / "xdg")}):
            with self.subTest(environment=environment):
                self.check_notice(self.labels(**environment))

    def test_space_that_ends_while_files_are_kept(self):
        first = self.labels()  # small files fit
        self.assertLessEqual(len(first), 1, first)
        fill(self.home)
        self.assertLessEqual(len(self.labels()), 1)
        self.assertFalse([path for path in self.home.rglob("*.tmp") if path.stat().st_size == 0])
        # What is there is used again when there is space.
        os.unlink(self.home / "ballast")
        subprocess.run(["mount", "-o", "remount,size=16m", self.home], check=True)
        self.labels()
        self.assertEqual(self.labels(), [])


if __name__ == "__main__":
    restart_where_mounting_is_allowed()
    main()
