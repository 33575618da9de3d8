"""Checks the repository's rules: includes follow the declared rooms; no file names a package host, a path of
a particular machine or a folder outside the repository; all tracked files together stay small.

usage: test_architecture.py REPOSITORY ROOMS      ROOMS: a file of lines "room: its dependencies"
"""
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from includes import read_rooms, violations

ROOT, ROOMS = Path(sys.argv[1]).resolve(), Path(sys.argv[2])

# In pieces, so that this file does not break the rule itself.
HOSTS = re.compile("|".join(
    re.escape(name) + r"\." + re.escape(domain)
    for domain, names in {
        "debian" + ".org": ["deb", "ftp", "security", "snapshot", "packages"],
        "ubuntu" + ".com": ["archive", "security", "ports"],
        "python" + "hosted.org": ["files"],
        "anaconda" + ".org": ["conda"],
        "npm" + "js.org": ["registry"],
    }.items() for name in names) + "|" + re.escape("py" + "pi.org"))
MACHINE_PATHS = re.compile(r"(?:(?<![\w.~$}/])|(?<=-[IL]))/(?:" + "|".join(
    ["wo" + "rk", "ro" + "ot", "ho" + r"me/\w+", "Us" + r"ers/\w+"]) + r")/\w")
# The folder beside the repository, which tests must not use.
OUTSIDE = re.compile(r"\.\./sha" + "red|GFNET_SHA" + "RED|sha" + "red_folder")
LARGEST_FOLDER = 25  # files directly in a folder of engine/ or apps/
LONGEST_SOURCE = 400  # lines
LARGEST_REPOSITORY = 30_000_000  # bytes of all tracked files together


def listed_by_git(*options):
    """Paths that git ls-files prints with these options; None without git or outside a clone."""
    try:
        names = subprocess.run(
            ["git", "-c", "safe.directory=*", "-C", str(ROOT), "ls-files", "-z", *options],
            capture_output=True, check=True).stdout
        return [ROOT / name for name in names.decode().split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        return None


def repository_files():
    """Files that git tracks or would track; without git, every file outside build/."""
    listed = listed_by_git("--cached", "--others", "--exclude-standard")
    if listed is not None:
        return listed
    return [path for path in ROOT.rglob("*")
            if path.relative_to(ROOT).parts[0] not in ("build", ".git")]


def lines_with(pattern):
    found = []
    for path in repository_files():
        if not path.is_file() or path.stat().st_size > 4 << 20:
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
                  for number, line in enumerate(text.splitlines(), 1) if pattern.search(line)]
    return found


def sources(*folders):
    """C, C++ and GLSL sources of the repository."""
    return [path for path in repository_files()
            if path.suffix in (".h", ".c", ".cpp", ".comp", ".glsl") and path.is_file()
            and path.relative_to(ROOT).parts[0] in (folders or ("engine", "apps", "python", "shaders", "tests"))]


class Repository(unittest.TestCase):
    def assert_none(self, found):
        if found:
            self.fail("\n" + "\n".join(found))

    def test_no_file_names_a_package_host(self):
        self.assert_none(lines_with(HOSTS))

    def test_no_file_holds_a_path_of_a_particular_machine(self):
        self.assert_none(lines_with(MACHINE_PATHS))

    def test_no_file_names_a_folder_outside_the_repository(self):
        self.assert_none(lines_with(OUTSIDE))

    def test_a_clone_is_small(self):
        tracked = listed_by_git()
        if not tracked:
            self.skipTest("no git, or no clone")
        sizes = {path: path.stat().st_size for path in tracked if path.is_file() and not path.is_symlink()}
        self.assertGreater(len(sizes), 500)
        largest = sorted(sizes, key=sizes.get)[-5:]
        self.assertLess(sum(sizes.values()), LARGEST_REPOSITORY,
                        [f"{path.relative_to(ROOT)}: {sizes[path]}" for path in largest])

    def test_includes_follow_the_declared_rooms(self):
        self.assert_none(violations(ROOT, read_rooms(ROOMS.read_text())))

    def test_every_room_has_a_readme(self):
        rooms = read_rooms(ROOMS.read_text())
        self.assertGreater(len(rooms), 25)
        self.assert_none([room for room in rooms if not (ROOT / room / "README.md").is_file()])

    def test_rooms_and_sources_are_small(self):
        folders = {}
        for path in repository_files():
            if path.is_file():
                folders.setdefault(path.parent.relative_to(ROOT).as_posix(), []).append(path)
        self.assert_none([f"{folder}: {len(paths)} files" for folder, paths in folders.items()
                          if folder.split("/")[0] in ("engine", "apps", "python") and len(paths) > LARGEST_FOLDER])
        self.assert_none([f"{path.relative_to(ROOT)}: {len(path.read_text().splitlines())} lines"
                          for path in sources() if len(path.read_text().splitlines()) > LONGEST_SOURCE])

    def assert_only_in_system(self, pattern, advice):
        """No line outside engine/system matches."""
        self.assert_none([f"{path.relative_to(ROOT)}:{number}: {advice}: {line.strip()}"
                          for path in sources("engine", "apps", "python")
                          if not path.is_relative_to(ROOT / "engine/system")
                          for number, line in enumerate(path.read_text().splitlines(), 1) if re.search(pattern, line)])

    def test_paths_become_text_in_one_way(self):
        self.assert_only_in_system(
            r"\.(?:generic_)?(?:string|native)\(\)|(?:fs|filesystem)::path\((?!const |reinterpret_cast<const char8_t)\w",
            "use path_of() or text_of() of system/paths.h")

    def test_environment_is_read_in_one_way(self):
        self.assert_only_in_system(r"\b\w*(?:get|put|set)env\b", "use variable() of system/variables.h")

    def test_every_system_has_a_source_for_each_job(self):
        text = (ROOT / "engine/system/CMakeLists.txt").read_text()
        jobs = [job for names in re.findall(r"(?:set\(jobs|gfnet_system_sources\(sources)\n(.*?)\)", text, re.DOTALL)
                for job in names.split()]
        self.assertGreater(len(jobs), 25)
        self.assert_none([f"engine/system has no {job}.cpp for {folders[0]}"
                          for folders in (["linux", "posix"], ["darwin", "posix"], ["windows"]) for job in jobs
                          if not any((ROOT / "engine/system" / folder / f"{job}.cpp").is_file() for folder in folders)])

    def test_no_two_files_share_a_name(self):
        paths = {}
        for path in sources("engine", "apps", "python"):
            if "include" not in path.relative_to(ROOT).parts:
                # A job of the operating system has a source in the folder of each system.
                name = path.relative_to(ROOT / "engine/system") if path.is_relative_to(ROOT / "engine/system") else path.name
                paths.setdefault(str(name), []).append(path.relative_to(ROOT).as_posix())
        self.assert_none([f"{name}: {' '.join(found)}" for name, found in paths.items() if len(found) > 1])


class Patterns(unittest.TestCase):
    def test_hosts(self):
        self.assertRegex("URIs: http://deb." + "debian.org/debian", HOSTS)
        self.assertRegex("https://py" + "pi.org/simple", HOSTS)
        self.assertNotRegex("https://www.debian.org and https://github.com", HOSTS)

    def test_machine_paths(self):
        for path in ("/wo" + "rk/main/x", "/ho" + "me/ann/gfnet", "-I/ro" + "ot/include"):
            self.assertRegex(path, MACHINE_PATHS)
        for path in ("/usr/share/vulkan", "~/work/main", "build/root/x", "/tmp/x", "$HOME/work/x"):
            self.assertNotRegex(path, MACHINE_PATHS)

    def test_outside(self):
        for text in ("${PROJECT_SOURCE_DIR}/../sha" + "red", "ENV{GFNET_SHA" + "RED}", "test::sha" + "red_folder()"):
            self.assertRegex(text, OUTSIDE)
        for text in ("sha" + "red = 1", "build/sha" + "red", "libsha" + "red-dev"):
            self.assertNotRegex(text, OUTSIDE)


class PlantedViolations(unittest.TestCase):
    """The check of the includes finds planted violations and accepts allowed includes."""

    def reasons(self, path, include, line=None):
        rooms = read_rooms("engine/system:\nengine/base: system\nengine/graph: base\nengine/image: base\nengine/plan: graph base\n"
                           "engine/vulkan: base\nengine/runtime: plan vulkan graph base\n"
                           "command/inputs:\ncommand/job: inputs\nlive/sources:\n")
        with tempfile.TemporaryDirectory() as directory:
            root = Path(directory)
            for room in rooms:
                (root / room).mkdir(parents=True)
                (root / room / "it.h").write_text("#pragma once\n")
            (root / "engine/include/gfnet").mkdir(parents=True)
            (root / "engine/include/gfnet/error.h").write_text("#include <string>\n")
            source = root / path
            source.parent.mkdir(parents=True, exist_ok=True)
            source.write_text(f"// head\n  {line or f'#  include {include}'}\n")
            return violations(root, rooms)

    def assert_refused(self, path, include):
        reasons = self.reasons(path, include)
        self.assertEqual(len(reasons), 1, f"{path} may not include {include}: {reasons}")
        self.assertTrue(reasons[0].startswith(f"{path}:2: "), reasons[0])

    def assert_accepted(self, path, include):
        self.assertEqual(self.reasons(path, include), [])

    def test_rooms(self):
        self.assert_refused("engine/base/a.cpp", '"graph/it.h"')
        self.assert_refused("engine/plan/a.h", '"vulkan/it.h"')
        self.assert_refused("engine/plan/a.h", '"../vulkan/it.h"')
        self.assert_refused("engine/plan/a.h", '<vulkan/it.h>')
        self.assert_refused("engine/plan/a.h", '"vulkan/does_not_exist.h"')
        self.assert_refused("engine/unheard_of/a.h", '"base/it.h"')
        self.assert_accepted("engine/plan/a.cpp", '"graph/it.h"')
        self.assert_accepted("engine/runtime/a.cpp", '"base/it.h"')
        self.assert_accepted("engine/plan/a.cpp", '"gfnet/error.h"')
        self.assert_accepted("engine/plan/a.cpp", '"it.h"')

    def test_third_party(self):
        self.assert_refused("engine/vulkan/device.cpp", "<vkFFT.h>")
        self.assert_refused("engine/vulkan/device.cpp", '"vkFFT/vkFFT.h"')
        self.assert_refused("engine/vulkan/fft/fft.cpp", "<vkFFT.h>")
        self.assert_accepted("engine/vulkan/fft/vkfft_plan.cpp", "<vkFFT.h>")
        self.assert_refused("engine/plan/a.cpp", "<stb_image.h>")
        self.assert_accepted("engine/image/formats/decode_with_stb.cpp", "<stb/stb_image.h>")
        self.assert_refused("engine/vulkan/a.cpp", "<volk.h>")
        self.assert_accepted("apps/live/display/a.cpp", "<volk.h>")
        self.assert_refused("engine/plan/a.cpp", "<vulkan/vulkan.h>")
        self.assert_accepted("engine/vulkan/a.cpp", "<vulkan/vulkan_core.h>")
        self.assert_refused("apps/gfnet/main.cpp", "<GLFW/glfw3.h>")
        self.assert_accepted("apps/live/display/window.cpp", "<GLFW/glfw3.h>")
        self.assert_refused("apps/gfnet/output/results.cpp", "<arrow/api.h>")
        self.assert_refused("apps/gfnet/output/parquet/parquet_file.h", "<parquet/arrow/writer.h>")
        self.assert_accepted("apps/gfnet/output/parquet/parquet_file.cpp", "<arrow/api.h>")

    def test_apps(self):
        self.assert_refused("apps/gfnet/main.cpp", '"base/it.h"')
        self.assert_refused("apps/gfnet/main.cpp", '"../../engine/base/it.h"')
        self.assert_refused("python/binding/session.cpp", '"runtime/it.h"')
        self.assert_refused("python/binding/session.cpp", "<vulkan/vulkan.h>")
        self.assert_refused("python/binding/session.cpp", '"job/it.h"')
        self.assert_accepted("python/binding/session.cpp", "<gfnet/error.h>")
        self.assert_accepted("python/binding/session.cpp", '"run_command.h"')
        self.assert_accepted("apps/gfnet/main.cpp", "<gfnet/error.h>")
        self.assert_accepted("apps/gfnet/main.cpp", "<CLI/CLI.hpp>")
        self.assert_accepted("apps/gfnet/main.cpp", '"job/it.h"')
        self.assert_accepted("apps/gfnet/job/a.cpp", '"inputs/it.h"')
        self.assert_refused("apps/gfnet/inputs/a.cpp", '"job/it.h"')
        self.assert_refused("apps/gfnet/inputs/a.cpp", '"../job/it.h"')
        self.assert_refused("apps/gfnet/job/a.cpp", '"sources/it.h"')

    def test_systems(self):
        for header in ("<unistd.h>", "<fcntl.h>", "<sys/stat.h>", "<windows.h>", "<dlfcn.h>", "<signal.h>", "<csignal>",
                       "<linux/fs.h>"):
            for path in ("engine/base/a.cpp", "apps/gfnet/main.cpp", "python/binding/session.cpp"):
                self.assert_refused(path, header)
            self.assert_accepted("engine/system/posix/a.cpp", header)
        for line in ("#ifdef _WIN32", "# if defined(__linux__) && 1", "#elif defined __APPLE__", "#ifndef _WIN32",
                     "#if __has_include(<sys/mman.h>)", "#if 1 || \\\n  defined(__GLIBC__)"):
            self.assertEqual(len(self.reasons("engine/base/a.cpp", "", line)), 1, line)
            self.assertEqual(self.reasons("engine/system/posix/a.cpp", "", line), [])
            self.assertEqual(self.reasons("engine/include/gfnet/c/visibility.h", "", line), [])
        for line in ("#if defined(__GNUC__)", "#ifdef GFNET_WITH_LIBJPEG", "#if __has_include(<optional>)"):
            self.assertEqual(self.reasons("engine/base/a.cpp", "", line), [])
        self.assert_accepted("apps/gfnet/main.cpp", '"system/it.h"')
        self.assert_accepted("python/binding/session.cpp", '"system/it.h"')
        self.assert_refused("engine/system/posix/a.cpp", '"base/it.h"')

    def test_public_headers(self):
        self.assert_refused("engine/include/gfnet/a.h", '"base/it.h"')
        self.assert_refused("engine/include/gfnet/a.h", "<vulkan/vulkan.h>")
        self.assert_refused("engine/include/gfnet/a.h", "<nlohmann/json.hpp>")
        self.assert_refused("engine/include/gfnet/a.h", "<unistd.h>")
        self.assert_accepted("engine/include/gfnet/a.h", "<vector>")
        self.assert_accepted("engine/include/gfnet/c/a.h", "<stdint.h>")
        self.assert_accepted("engine/include/gfnet/a.h", '"gfnet/error.h"')


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
