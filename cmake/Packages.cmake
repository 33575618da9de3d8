# CPack makes packages of the components that cmake/Install.cmake installs. `scripts/package deb` calls it for Debian's, with
# what packaging/deb adds to them.
if(NOT PROJECT_IS_TOP_LEVEL)
  return()
endif()
set(GFNET_DEBIAN_REVISION 1 CACHE STRING "What follows the project's version in the version of Debian packages")
set(GFNET_DEBIAN_MAINTAINER "" CACHE STRING "NAME <ADDRESS> for Debian packages")

set(CPACK_PACKAGE_VENDOR "The gfnet authors")
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_COMPONENTS_ALL command library development model)
# Each package has a summary of its own: the first line of its description.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")

# --- Debian -------------------------------------------------------------------------------------------
set(version ${PROJECT_VERSION}-${GFNET_DEBIAN_REVISION})
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_DEBIAN_PACKAGE_RELEASE ${GFNET_DEBIAN_REVISION})
set(CPACK_DEBIAN_PACKAGE_MAINTAINER ${GFNET_DEBIAN_MAINTAINER})
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${CMAKE_LIBRARY_OUTPUT_DIRECTORY})
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/packaging/deb/stage.cmake)
set(CPACK_GFNET_SOURCE ${PROJECT_SOURCE_DIR})
set(CPACK_GFNET_VERSION ${version})

set(CPACK_DEBIAN_COMMAND_PACKAGE_NAME gfnet)
set(CPACK_DEBIAN_COMMAND_PACKAGE_SECTION graphics)
set(CPACK_DEBIAN_COMMAND_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_COMMAND_PACKAGE_DEPENDS "libgfnet${GFNET_ABI} (= ${version})")
# Without the fonts, the window's letters are coarse.
set(CPACK_DEBIAN_COMMAND_PACKAGE_RECOMMENDS
    "gfnet-model-cifar10 (= ${version}), fonts-dejavu-core | fonts-noto-core | fonts-liberation")
set(CPACK_COMPONENT_COMMAND_DESCRIPTION
"image classification with GFNet on any Vulkan device
gfnet reads a GFNet checkpoint (Global Filter Networks) as PyTorch saved it or
as safetensors, compiles it into Vulkan compute pipelines, and labels images
with it: files, folders, archives, and with `gfnet live` the frames of a camera
or a video. It runs on GPUs of any vendor, and on a software driver.")

set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME libgfnet${GFNET_ABI})
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY ">=")
# The library opens Vulkan's loader at run time, and the loader a driver.
set(CPACK_DEBIAN_LIBRARY_PACKAGE_DEPENDS libvulkan1)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_RECOMMENDS "mesa-vulkan-drivers | vulkan-icd")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/packaging/deb/triggers)
set(CPACK_COMPONENT_LIBRARY_DESCRIPTION
"GFNet compiled to Vulkan compute pipelines - shared library
gfnet classifies images with Global Filter Networks on any Vulkan device.
This package holds the library that programs in C++, C and other languages
use.")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libgfnet-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libgfnet${GFNET_ABI} (= ${version})")
# What the static library is linked with.
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SUGGESTS "libfmt-dev, libspirv-cross-c-shared-dev, libvkfft-dev, libvulkan-dev, \
glslang-dev, spirv-tools, nlohmann-json3-dev, libstb-dev, zlib1g-dev, libjpeg-dev, libpng-dev, libgif-dev, libwebp-dev, \
libtiff-dev, libavif-dev, libheif-dev, libjxl-dev")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION
"GFNet compiled to Vulkan compute pipelines - development files
gfnet classifies images with Global Filter Networks on any Vulkan device.
This package holds the headers for C++ and C, the static library, packages for
CMake and pkg-config, and examples.")

set(CPACK_DEBIAN_MODEL_PACKAGE_NAME gfnet-model-cifar10)
set(CPACK_DEBIAN_MODEL_PACKAGE_SECTION science)
set(CPACK_DEBIAN_MODEL_PACKAGE_ARCHITECTURE all)
set(CPACK_COMPONENT_MODEL_DESCRIPTION
"image classification with GFNet - a small model
A GFNet for images of 32 by 32 pixels, trained on CIFAR-10: ten classes, such
as airplane, cat and ship. gfnet uses it where no other model is named. The
model card says how it was trained. The labels of ImageNet's classes come
along.")

include(CPack)
