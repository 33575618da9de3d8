"""Conan 2 recipe for VkFFT, headers that ConanCenter does not have: `conan export packaging/conan/vkfft`."""
import os

from conan import ConanFile
from conan.tools.files import copy, get
from conan.tools.layout import basic_layout

required_conan_version = ">=2.1"


class VkFft(ConanFile):
    name = "vkfft"
    version = "1.3.4"
    description = "Fast Fourier transforms on GPUs"
    license = "MIT"
    homepage = "https://github.com/DTolm/VkFFT"
    package_type = "header-library"
    no_copy_source = True

    def layout(self):
        basic_layout(self, src_folder="src")

    def source(self):
        get(self, f"{self.homepage}/archive/refs/tags/v{self.version}.tar.gz", strip_root=True,
            sha256="b61055393adb3adc79009fe12401cbfbbdfba584e665e9c35fcbf4b32fb31f30")

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        # As Debian has it: vkFFT.h, and beside it the folder of what it includes.
        copy(self, "*", os.path.join(self.source_folder, "vkFFT"), os.path.join(self.package_folder, "include"))

    def package_id(self):
        self.info.clear()

    def package_info(self):
        self.cpp_info.bindirs = []
        self.cpp_info.libdirs = []
