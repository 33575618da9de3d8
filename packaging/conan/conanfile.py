"""Conan 2 recipe for gfnet, made from the checkout that holds it.

    conan export packaging/conan/vkfft
    conan create packaging/conan --build=missing

The first command adds VkFFT, which ConanCenter does not have. The requirements are those of ConanCenter; a profile can
take them from the system instead ([platform_requires]). Programs find the package by `find_package(gfnet)` and link
gfnet::gfnet.
"""
import os
import re
import shutil

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load, rm, rmdir

required_conan_version = ">=2.1"

# All of one Vulkan SDK, so that glslang, SPIRV-Tools and SPIRV-Cross agree.
SDK = "1.3.268.0"
# What an installation takes from the checkout.
FILES = ("CMakeLists.txt", "LICENSE", "CREDITS.md", "CHANGELOG.md")
FOLDERS = ("LICENSES", "cmake", "engine", "apps", "shaders", "weights", "docs", "packaging/desktop")


class Gfnet(ConanFile):
    name = "gfnet"
    description = "GFNet compiled to Vulkan compute pipelines: classifies images on any Vulkan device"
    license = "MIT"
    topics = ("vulkan", "image-classification", "gfnet", "inference", "fft")
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"shared": [True, False], "command": [True, False]}
    default_options = {
        "shared": True,
        "command": False,
        # gfnet reads the kinds of TIFF that need no more than zlib and JPEG.
        "libtiff/*:lzma": False,
        "libtiff/*:jbig": False,
        "libtiff/*:zstd": False,
        "libtiff/*:libdeflate": False,
        "libtiff/*:webp": False,
    }

    def set_version(self):
        project = load(self, os.path.join(self.recipe_folder, "..", "..", "CMakeLists.txt"))
        self.version = re.search(r"project\(gfnet VERSION (\S+)", project).group(1)

    def export_sources(self):
        root = os.path.join(self.recipe_folder, "..", "..")
        for file in FILES:
            shutil.copy(os.path.join(root, file), self.export_sources_folder)
        for folder in FOLDERS:
            copy(self, "*", os.path.join(root, folder), os.path.join(self.export_sources_folder, folder))

    def layout(self):
        cmake_layout(self)

    def requirements(self):
        self.requires(f"vulkan-headers/{SDK}")
        self.requires("vkfft/1.3.4")
        self.requires(f"glslang/{SDK}")
        self.requires(f"spirv-tools/{SDK}")
        self.requires(f"spirv-cross/{SDK}")
        self.requires("fmt/[>=9 <12]")
        self.requires("nlohmann_json/[>=3.11 <4]")
        self.requires("stb/cci.20230920")
        self.requires("zlib/[>=1.2.11 <2]")
        self.requires("libjpeg-turbo/[>=2.1 <4]")
        self.requires("libpng/[>=1.6 <2]")
        self.requires("giflib/[>=5.2 <6]")
        self.requires("libwebp/[>=1.2 <2]")
        self.requires("libtiff/[>=4.5 <5]")
        if self.options.command:
            self.requires("cli11/[>=2.3 <3]")
            self.requires("libarchive/[>=3.6 <4]")
            self.requires("libcurl/[>=7.88 <9]")
            if self.settings.os not in ("Windows", "Macos"):  # which have SHA-256 themselves
                self.requires("openssl/[>=3 <4]")

    def build_requirements(self):
        self.tool_requires("cmake/[>=3.22 <5]")
        self.tool_requires(f"glslang/{SDK}")  # its program compiles the shaders

    def validate(self):
        check_min_cppstd(self, 20)

    def generate(self):
        CMakeDeps(self).generate()
        toolchain = CMakeToolchain(self)
        variables = toolchain.cache_variables
        # The build makes both kinds of the library; package() keeps one.
        variables["BUILD_SHARED_LIBS"] = bool(self.options.shared)
        variables["GFNET_BUILD_APPS"] = bool(self.options.command)
        variables["GFNET_BUILD_LIVE"] = False
        variables["GFNET_BUILD_TESTS"] = False
        variables["GFNET_PARQUET"] = False
        variables["GFNET_PYTHON"] = "OFF"
        # No format that would come from a library of the system.
        variables["GFNET_IMAGE_FORMATS"] = "WebP;TIFF"
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        cmake = CMake(self)
        components = ["library", "development", "model"] + (["command"] if self.options.command else [])
        for component in components:
            cmake.install(component=component)
        licenses = os.path.join(self.package_folder, "licenses")
        for file in ("LICENSE", "CREDITS.md"):
            copy(self, file, self.source_folder, licenses)
        copy(self, "*", os.path.join(self.source_folder, "LICENSES"), licenses)
        # Conan writes these for the programs that use the package.
        for folder in ("cmake", "pkgconfig"):
            rmdir(self, os.path.join(self.package_folder, "lib", folder))
        libraries = os.path.join(self.package_folder, "lib")
        if self.options.shared:
            rm(self, "libgfnet.a", libraries)
            rm(self, "gfnet_static.lib", libraries)
        else:
            # The command links the kind that is packaged.
            rm(self, "libgfnet.so*", libraries)
            rm(self, "libgfnet*.dylib", libraries)
            rm(self, "gfnet.dll", os.path.join(self.package_folder, "bin"))
            rm(self, "libgfnet.dll.a", libraries)

    def package_info(self):
        self.cpp_info.libs = ["gfnet"]
        if not self.options.shared:
            self.cpp_info.defines = ["GFNET_STATIC"]
            if self.settings.os == "Linux":
                self.cpp_info.system_libs = ["dl", "m", "pthread"]
        self.runenv_info.define_path("GFNET_DATA", os.path.join(self.package_folder, "share", "gfnet"))
