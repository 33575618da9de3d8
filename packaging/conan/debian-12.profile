# Takes gfnet's requirements from Debian 12's packages, after scripts/setup:
#   conan create packaging/conan --profile:host=default --profile:host=packaging/conan/debian-12.profile --no-remote
# For the shared library only: Conan cannot tell a program what a static one links. The versions are those that the recipe asks
# for, in ConanCenter's form; what is found is what Debian has.
[settings]
compiler.cppstd=20

[platform_requires]
vulkan-headers/1.3.268.0
vkfft/1.3.4
glslang/1.3.268.0
spirv-tools/1.3.268.0
spirv-cross/1.3.268.0
fmt/9.1.0
nlohmann_json/3.11.2
stb/cci.20230920
zlib/1.2.13
libjpeg-turbo/2.1.5
libpng/1.6.39
giflib/5.2.1
libwebp/1.2.4
libtiff/4.5.0
cli11/2.3.2
libarchive/3.6.2
libcurl/7.88.1
openssl/3.0.19

[platform_tool_requires]
cmake/3.25.1
glslang/1.3.268.0
