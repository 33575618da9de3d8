"""Builds and runs a program that reads the model of the package. It needs no Vulkan device."""
import os

from conan import ConanFile
from conan.tools.build import can_run
from conan.tools.cmake import CMake, cmake_layout


class TestGfnet(ConanFile):
    settings = "os", "arch", "compiler", "build_type"
    generators = "CMakeDeps", "CMakeToolchain"
    test_type = "explicit"

    def requirements(self):
        self.requires(self.tested_reference_str)

    def layout(self):
        cmake_layout(self)

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def test(self):
        if can_run(self):
            package = self.dependencies["gfnet"].package_folder
            model = os.path.join(package, "share", "gfnet", "gfnet-cifar10.safetensors")
            self.run(f'"{os.path.join(self.cpp.build.bindir, "describe")}" "{model}"', env="conanrun")
