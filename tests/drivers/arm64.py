"""Drivers that Debian has for arm64 only: gfnet is cross-compiled and runs in an emulator, QEMU."""
import os
import subprocess

from debian import Archive, release_of_this_machine
from folders import BUILD, ROOT, Broken, NotHere, say
from machines import SUITES, Machine
from preloaded_libraries import Libraries

# What gfnet and its tests need to be compiled: scripts/setup's list, without most of what is optional.
DEVELOPMENT = ("libc6-dev", "libvulkan-dev", "libvkfft-dev", "glslang-dev", "spirv-tools",
               "libspirv-cross-c-shared-dev", "zlib1g-dev", "libstb-dev", "libjpeg-dev", "libpng-dev", "libgif-dev",
               "libwebp-dev", "libtiff-dev", "libcli11-dev", "nlohmann-json3-dev", "libfmt-dev", "libssl-dev",
               "libcurl4-openssl-dev", "doctest-dev")
COMPILER = "g++-aarch64-linux-gnu"
PREFIX = "aarch64-linux-gnu-"


class Arm64(Machine):
    """gfnet for arm64, built in build/drivers/gfnet-arm64 with this Debian's compiler and libraries."""

    architecture = "arm64"
    triplet = "aarch64-linux-gnu"
    loader = "usr/lib/ld-linux-aarch64.so.1"

    def __init__(self):
        """Throws NotHere."""
        super().__init__()
        release = release_of_this_machine()
        if not release:
            raise NotHere("drivers for arm64 need a machine with Debian: gfnet is cross-compiled with its packages")
        self._emulator = Archive(BUILD / "emulator", "amd64", SUITES)
        self._compiler = Archive(BUILD / "compiler", "amd64", (release,))
        self._target = Archive(BUILD / "target", self.architecture, (release, f"{release}-backports"),
                               newest=("libvkfft-dev",))
        self._build = BUILD / "gfnet-arm64"
        self._libraries = Libraries(BUILD / self.architecture, self._tool("gcc"), self.root)

    def prepare(self):
        super().prepare()
        self._emulator.unpack(("qemu-user",), only="usr/bin/qemu-aarch64")
        self._compiler.unpack((COMPILER,))
        self._make_relocatable()
        self._target.unpack(DEVELOPMENT)
        self._write_toolchain()
        self.compile("gfnet_command")

    def gfnet(self):
        return self._build / "bin" / "gfnet"

    def libraries(self):
        return self._libraries

    def more_libraries(self):
        return (self._target.root / "usr/lib" / self.triplet, self._target.root / "lib" / self.triplet)

    def emulator(self):
        return (self._emulator.root / "usr/bin/qemu-aarch64",)

    def build(self):
        """The folder of the build. ctest runs its tests in the emulator."""
        return self._build

    def compiler_version(self):
        """Such as "12.2.0"."""
        done = subprocess.run([*self._tool("g++"), "-dumpfullversion"], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def _tool(self, name):
        """The command of a cross-compiler's tool. Its own libraries are unpacked, too."""
        root = self._compiler.root
        return ("env", f"LD_LIBRARY_PATH={root / 'usr/lib/x86_64-linux-gnu'}", root / "usr/bin" / f"{PREFIX}{name}")

    def _make_relocatable(self):
        """Lets the linker find the C library where it was unpacked: its script names the place of an installation."""
        script = self._compiler.root / "usr" / self.triplet / "lib" / "libc.so"
        text = script.read_text(encoding="utf-8")
        script.write_text(text.replace(f"/usr/{self.triplet}/lib/", ""), encoding="utf-8")

    def _write_toolchain(self):
        self._toolchain = BUILD / "arm64.cmake"
        settings = {
            "CMAKE_SYSTEM_NAME": "Linux", "CMAKE_SYSTEM_PROCESSOR": "aarch64", "CMAKE_SYSROOT": self._target.root,
            "CMAKE_C_COMPILER": self._tool("gcc")[-1], "CMAKE_CXX_COMPILER": self._tool("g++")[-1],
            "CMAKE_FIND_ROOT_PATH_MODE_PROGRAM": "NEVER", "CMAKE_FIND_ROOT_PATH_MODE_LIBRARY": "ONLY",
            "CMAKE_FIND_ROOT_PATH_MODE_INCLUDE": "ONLY", "CMAKE_FIND_ROOT_PATH_MODE_PACKAGE": "ONLY",
            # Programs that the build and ctest start. They find the C library that they were linked with.
            "CMAKE_CROSSCOMPILING_EMULATOR": f"{self.emulator()[0]};-L;{self._target.root}"}
        text = "".join(f'set({name} "{value}")\n' for name, value in settings.items())
        if not self._toolchain.exists() or self._toolchain.read_text(encoding="utf-8") != text:
            self._toolchain.write_text(text, encoding="utf-8")

    def compile(self, *targets, tests=False):
        """Compiles targets of gfnet. tests: whether the targets of tests are there, too. Throws Broken."""
        say(f"compiling {', '.join(targets)} for arm64 (minutes, the first time)")
        # So that pkg-config does not find this machine's own libraries.
        packages = self._target.root / "usr/lib" / self.triplet / "pkgconfig"
        variables = {**dict([self._tool("gcc")[1].split("=", 1)]), "PKG_CONFIG_LIBDIR": str(packages)}
        for command in (
                ("cmake", "-G", "Ninja", "-S", ROOT, "-B", self._build, "-D", f"CMAKE_TOOLCHAIN_FILE={self._toolchain}",
                 "-D", "CMAKE_BUILD_TYPE=Release", "-D", f"GFNET_BUILD_TESTS={'ON' if tests else 'OFF'}",
                 "-D", "GFNET_PYTHON=OFF", "-D", "GFNET_PARQUET=OFF",
                 "-D", f"GFNET_WERROR={os.environ.get('GFNET_WERROR', 'OFF')}"),
                ("cmake", "--build", self._build, "--target", *targets)):
            done = subprocess.run(command, env={**os.environ, **variables}, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise Broken(f"could not compile gfnet for arm64:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
