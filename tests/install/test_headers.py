"""The public headers compile as programs use them: each alone, without warnings, for both kinds of the library.

    test_headers.py REPOSITORY COMPILER C-COMPILER
"""
import subprocess
import sys
import unittest
from pathlib import Path

REPOSITORY, COMPILER, C_COMPILER = sys.argv[1:4]
INCLUDE = Path(REPOSITORY) / "engine/include"
HEADERS = [path.relative_to(INCLUDE).as_posix() for path in sorted(INCLUDE.rglob("*.h"))]
C_HEADERS = [header for header in HEADERS if header.startswith("gfnet/c/") or header == "gfnet/c.h"]
C_WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Wstrict-prototypes", "-Werror"]
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Wold-style-cast", "-Werror"]


def compiled(headers, *flags):
    """Compiles a program that includes the headers and nothing else; no object is kept."""
    source = "".join(f"#include <{header}>\n" for header in headers) + "int main() {}\n"
    return subprocess.run([COMPILER, "-x", "c++", "-", "-c", "-o", "/dev/null", f"-I{INCLUDE}", *flags],
                          input=source, capture_output=True, text=True)


def compiled_as_c(header, *flags):
    source = f"#include <{header}>\nint main(void) {{ return 0; }}\n"
    return subprocess.run([C_COMPILER, "-x", "c", "-", "-c", "-o", "/dev/null", f"-I{INCLUDE}", *flags],
                          input=source, capture_output=True, text=True)


class Headers(unittest.TestCase):
    def test_each_compiles_alone(self):
        self.assertGreaterEqual(len(HEADERS), 20)
        for header in HEADERS:
            with self.subTest(header=header):
                result = compiled([header], "-std=c++20", *WARNINGS)
                self.assertEqual(result.returncode, 0, result.stderr)

    def test_both_kinds_compile_without_warnings_and_exceptions(self):
        for kind in ([], ["-DGFNET_STATIC"]):
            with self.subTest(kind=kind):
                result = compiled(HEADERS, "-std=c++20", "-fno-exceptions", "-fno-rtti", *WARNINGS, *kind)
                self.assertEqual(result.returncode, 0, result.stderr)

    def test_the_c_interface_is_c(self):
        self.assertGreaterEqual(len(C_HEADERS), 9)
        for header in C_HEADERS:
            for standard in ("c99", "c11"):
                with self.subTest(header=header, standard=standard):
                    result = compiled_as_c(header, f"-std={standard}", *C_WARNINGS)
                    self.assertEqual(result.returncode, 0, result.stderr)

    def test_the_c_interface_is_older_cplusplus(self):
        for standard in ("c++11", "c++17"):
            result = compiled(C_HEADERS, f"-std={standard}", *WARNINGS)
            self.assertEqual(result.returncode, 0, result.stderr)

    def test_an_older_standard_is_refused_with_the_reason(self):
        result = compiled(["gfnet/gfnet.h"], "-std=c++17")
        self.assertNotEqual(result.returncode, 0)
        first = next(line for line in result.stderr.splitlines() if "error" in line)
        self.assertIn("need C++20", first)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
