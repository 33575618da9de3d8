# Defines an imported target for every third-party library of the project. Searches only the system.
# Errors name a missing library and its Debian and Ubuntu package.
#
#   Threads::Threads
#   Vulkan::Headers        the Vulkan headers
#   VkFFT::VkFFT           VkFFT with the glslang libraries it compiles its shaders with
#   spirv_cross::c         SPIRV-Cross, C API
#   fmt::fmt               {fmt}, which formats text
#   ZLIB::ZLIB             nlohmann_json::nlohmann_json            stb::stb
#   JPEG::JPEG  PNG::PNG  GIF::GIF  WebP::webp  TIFF::tiff  AVIF::avif  HEIF::heif  JXL::jxl
#                          libjpeg-turbo, libpng, giflib, libwebp, libtiff, libavif, libheif and libjxl, for image
#                          files. Each is optional: ask if(TARGET JPEG::JPEG)
#   CLI11::CLI11           with GFNET_BUILD_APPS
#   OpenSSL::Crypto        with GFNET_BUILD_APPS, for SHA-256; or else MD::md, the small library libmd. Windows and
#                          macOS have SHA-256 themselves
#   CURL::libcurl          with GFNET_BUILD_APPS; optional: ask if(TARGET CURL::libcurl)
#   LibArchive::LibArchive  with GFNET_BUILD_APPS; optional: ask if(TARGET LibArchive::LibArchive)
#   FFmpeg::FFmpeg         libavdevice, libavformat, libavcodec, libswscale; for gfnet live, optional
#   glfw  imgui::imgui  volk::volk  GLFW, Dear ImGui and volk, for its window; optional
#   Parquet::parquet_shared  Apache Arrow's Parquet, for gfnet classify --format parquet; optional
#   doctest::doctest       with GFNET_BUILD_TESTS

include_guard(GLOBAL)

function(gfnet_missing library package)
  message(FATAL_ERROR "${library} not found (Debian and Ubuntu: apt install ${package})")
endfunction()

# Sets variable to a header's directory, or fails.
macro(gfnet_find_header variable header library package)
  find_path(${variable} NAMES ${header} ${ARGN})
  mark_as_advanced(${variable})
  if(NOT ${variable})
    gfnet_missing("${library} (${header})" ${package})
  endif()
endmacro()

# Finds a library that has its own CMake package, as an imported target, or fails.
macro(gfnet_find_package name target package)
  if(NOT TARGET ${target})
    find_package(${name} QUIET CONFIG)
    if(NOT TARGET ${target})
      gfnet_missing(${name} ${package})
    endif()
    set_property(TARGET ${target} PROPERTY IMPORTED_GLOBAL TRUE)
  endif()
endmacro()

# Unless PKG_CONFIG_LIBDIR says otherwise, pkg-config finds the libraries of this machine, which a cross build cannot
# link. CMake's own modules ask it too, such as FindCURL.
if(CMAKE_CROSSCOMPILING AND NOT DEFINED ENV{PKG_CONFIG_LIBDIR})
  set(CMAKE_DISABLE_FIND_PACKAGE_PkgConfig ON)
endif()

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
set_property(TARGET Threads::Threads PROPERTY IMPORTED_GLOBAL TRUE)

# --- Vulkan headers. The engine opens the loader and looks up every function itself. ----------------
if(NOT TARGET Vulkan::Headers)
  gfnet_find_header(GFNET_VULKAN_INCLUDE vulkan/vulkan_core.h "The Vulkan headers" libvulkan-dev)
  add_library(Vulkan::Headers INTERFACE IMPORTED GLOBAL)
  target_include_directories(Vulkan::Headers INTERFACE ${GFNET_VULKAN_INCLUDE})
endif()

# --- VkFFT and glslang ------------------------------------------------------------------------------
# glslang consists of several static libraries that refer to one another. Their number depends on the
# version: up to 13 the C interface is in SPIRV and the init code in OGLCompiler (Debian 12); from 14
# on these two are part of glslang (Ubuntu 24.04, Debian 13). Those that exist are linked as one group.
if(NOT TARGET VkFFT::VkFFT)
  gfnet_find_header(GFNET_VKFFT_INCLUDE vkFFT.h "VkFFT 1.3" "libvkfft-dev (1.3 or newer)"
                    PATH_SUFFIXES vkFFT VkFFT)
  if(NOT EXISTS ${GFNET_VKFFT_INCLUDE}/vkFFT/vkFFT_Structs/vkFFT_Structs.h)
    message(FATAL_ERROR "VkFFT in ${GFNET_VKFFT_INCLUDE} is older than 1.3, which does not compile "
                        "with current glslang (Debian 12: apt install -t bookworm-backports "
                        "libvkfft-dev)")
  endif()
  gfnet_find_header(GFNET_GLSLANG_INCLUDE glslang/Include/glslang_c_interface.h "glslang"
                    glslang-dev)
  set(libraries "")
  foreach(name IN ITEMS glslang MachineIndependent GenericCodeGen OSDependent OGLCompiler SPIRV
                        glslang-default-resource-limits SPIRV-Tools-opt SPIRV-Tools)
    find_library(GFNET_GLSLANG_${name} NAMES ${name})
    mark_as_advanced(GFNET_GLSLANG_${name})
    if(GFNET_GLSLANG_${name})
      list(APPEND libraries ${GFNET_GLSLANG_${name}})
    elseif(name STREQUAL "glslang")
      gfnet_missing("glslang" glslang-dev)
    elseif(name STREQUAL "SPIRV-Tools" AND GFNET_GLSLANG_SPIRV)
      # A glslang that was built without its optimiser needs none.
      file(STRINGS ${GFNET_GLSLANG_SPIRV} optimiser REGEX spvOptimizerCreate LIMIT_COUNT 1)
      if(optimiser)
        gfnet_missing("SPIRV-Tools, which glslang needs," spirv-tools)
      endif()
    endif()
  endforeach()
  if(NOT APPLE AND NOT MSVC)  # GNU ld, also mingw's, and those like it look into each library once
    set(libraries -Wl,--start-group ${libraries} -Wl,--end-group)
  endif()
  add_library(VkFFT::VkFFT INTERFACE IMPORTED GLOBAL)
  target_include_directories(VkFFT::VkFFT INTERFACE ${GFNET_VKFFT_INCLUDE}
                                                    ${GFNET_GLSLANG_INCLUDE})
  target_compile_definitions(VkFFT::VkFFT INTERFACE VKFFT_BACKEND=0)
  target_link_libraries(VkFFT::VkFFT INTERFACE ${libraries} Vulkan::Headers Threads::Threads)
endif()

# --- SPIRV-Cross, C API -----------------------------------------------------------------------------
if(NOT TARGET spirv_cross::c)
  gfnet_find_header(GFNET_SPIRV_CROSS_INCLUDE spirv_cross_c.h "SPIRV-Cross"
                    libspirv-cross-c-shared-dev PATH_SUFFIXES spirv_cross)
  find_library(GFNET_SPIRV_CROSS_LIBRARY NAMES spirv-cross-c-shared spirv-cross-c)
  mark_as_advanced(GFNET_SPIRV_CROSS_LIBRARY)
  if(NOT GFNET_SPIRV_CROSS_LIBRARY)
    gfnet_missing("SPIRV-Cross" libspirv-cross-c-shared-dev)
  endif()
  set(libraries ${GFNET_SPIRV_CROSS_LIBRARY})
  if(NOT GFNET_SPIRV_CROSS_LIBRARY MATCHES shared)  # static, and each needs the next
    foreach(name IN ITEMS glsl core)
      find_library(GFNET_SPIRV_CROSS_${name} NAMES spirv-cross-${name} REQUIRED)
      mark_as_advanced(GFNET_SPIRV_CROSS_${name})
      list(APPEND libraries ${GFNET_SPIRV_CROSS_${name}})
    endforeach()
  endif()
  add_library(spirv_cross::c INTERFACE IMPORTED GLOBAL)
  target_include_directories(spirv_cross::c INTERFACE ${GFNET_SPIRV_CROSS_INCLUDE})
  target_link_libraries(spirv_cross::c INTERFACE ${libraries})
endif()

# --- {fmt} ------------------------------------------------------------------------------------------
gfnet_find_package(fmt fmt::fmt libfmt-dev)

# --- Files and images -------------------------------------------------------------------------------
gfnet_find_package(nlohmann_json nlohmann_json::nlohmann_json nlohmann-json3-dev)

if(NOT TARGET ZLIB::ZLIB)
  find_package(ZLIB QUIET)
  if(NOT TARGET ZLIB::ZLIB)
    gfnet_missing(zlib zlib1g-dev)
  endif()
  set_property(TARGET ZLIB::ZLIB PROPERTY IMPORTED_GLOBAL TRUE)
endif()

if(NOT TARGET stb::stb)
  gfnet_find_header(GFNET_STB_INCLUDE stb_image.h "stb" libstb-dev PATH_SUFFIXES stb)
  add_library(stb::stb INTERFACE IMPORTED GLOBAL)
  target_include_directories(stb::stb INTERFACE ${GFNET_STB_INCLUDE})
endif()

# Finds an optional library that has a CMake module, or says what does without it.
macro(gfnet_find_optional name target library package without)
  if(NOT TARGET ${target})
    find_package(${name} QUIET)
    if(TARGET ${target})
      set_property(TARGET ${target} PROPERTY IMPORTED_GLOBAL TRUE)
    else()
      message(STATUS "${library} not found: ${without} (Debian and Ubuntu: apt install ${package})")
    endif()
  endif()
endmacro()

gfnet_find_optional(JPEG JPEG::JPEG libjpeg-turbo libjpeg-dev
  "stb_image decodes JPEG, more slowly, and pixels may differ from PIL's")
gfnet_find_optional(PNG PNG::PNG libpng libpng-dev "stb_image decodes PNG")
gfnet_find_optional(GIF GIF::GIF giflib libgif-dev "stb_image decodes GIF")

# Optional libraries for more formats of images, one target each. GFNET_IMAGE_FORMATS leaves some out although
# they are there. header: the one to look for. libraries: the names to link. A fifth argument is a word that the header
# must hold.
set(GFNET_IMAGE_FORMATS "WebP;TIFF;AVIF;HEIF;JXL" CACHE STRING "Formats of images to read, where their library is found")
function(gfnet_find_image_format target header libraries package)
  string(REGEX REPLACE "::.*" "" format ${target})
  if(TARGET ${target} OR NOT format IN_LIST GFNET_IMAGE_FORMATS)
    return()
  endif()
  find_path(GFNET_${format}_INCLUDE NAMES ${header})
  mark_as_advanced(GFNET_${format}_INCLUDE)
  set(files ${GFNET_${format}_INCLUDE})
  foreach(library IN LISTS libraries)
    find_library(GFNET_${format}_${library} NAMES ${library})
    mark_as_advanced(GFNET_${format}_${library})
    list(APPEND files ${GFNET_${format}_${library}})
  endforeach()
  if(files MATCHES "NOTFOUND")
    message(STATUS "${package} not found: gfnet will not read ${format} (Debian and Ubuntu: apt install ${package})")
    return()
  endif()
  if(ARGC GREATER 4)
    file(STRINGS ${GFNET_${format}_INCLUDE}/${header} found REGEX ${ARGV4} LIMIT_COUNT 1)
    if(NOT found)
      message(STATUS "${package} is too old, it lacks ${ARGV4}: gfnet will not read ${format}")
      return()
    endif()
  endif()
  list(POP_FRONT files)
  list(POP_FRONT files first)  # it needs the others, which come behind it
  add_library(${target} UNKNOWN IMPORTED GLOBAL)
  set_target_properties(${target} PROPERTIES IMPORTED_LOCATION ${first})
  target_include_directories(${target} INTERFACE ${GFNET_${format}_INCLUDE})
  target_link_libraries(${target} INTERFACE ${files})
endfunction()
gfnet_find_image_format(WebP::webp webp/demux.h "webpdemux;webp" libwebp-dev)
gfnet_find_image_format(TIFF::tiff tiffio.h tiff libtiff-dev TIFFOpenOptionsAlloc)  # 4.5
if(TARGET TIFF::tiff AND TARGET JPEG::JPEG AND GFNET_TIFF_tiff MATCHES "[.]a$")
  target_link_libraries(TIFF::tiff INTERFACE JPEG::JPEG ZLIB::ZLIB)  # of a static libtiff, behind it
endif()
gfnet_find_image_format(AVIF::avif avif/avif.h avif libavif-dev)
gfnet_find_image_format(HEIF::heif libheif/heif.h heif libheif-dev)
gfnet_find_image_format(JXL::jxl jxl/decode.h jxl libjxl-dev)

# --- The command and the tests ----------------------------------------------------------------------
if(GFNET_BUILD_APPS)
  gfnet_find_package(CLI11 CLI11::CLI11 libcli11-dev)
  if(NOT WIN32 AND NOT APPLE)
    find_package(OpenSSL QUIET COMPONENTS Crypto)
  endif()
  if(NOT WIN32 AND NOT APPLE AND NOT TARGET OpenSSL::Crypto)
    find_path(GFNET_MD_INCLUDE NAMES sha2.h)
    find_library(GFNET_MD_LIBRARY NAMES md)
    mark_as_advanced(GFNET_MD_INCLUDE GFNET_MD_LIBRARY)
    if(NOT GFNET_MD_INCLUDE OR NOT GFNET_MD_LIBRARY)
      gfnet_missing("OpenSSL's libcrypto" libssl-dev)
    endif()
    add_library(MD::md INTERFACE IMPORTED GLOBAL)
    target_include_directories(MD::md INTERFACE ${GFNET_MD_INCLUDE})
    target_link_libraries(MD::md INTERFACE ${GFNET_MD_LIBRARY})
  endif()
  find_package(CURL QUIET)
  if(NOT TARGET CURL::libcurl)
    message(STATUS "libcurl not found: gfnet pull will only take local files "
                   "(Debian and Ubuntu: apt install libcurl4-openssl-dev)")
  endif()
  find_package(LibArchive 3.4 QUIET)
  if(TARGET LibArchive::LibArchive)
    set_property(TARGET LibArchive::LibArchive PROPERTY IMPORTED_GLOBAL TRUE)
  else()
    message(STATUS "libarchive not found: gfnet will not read images in .tar and .zip archives "
                   "(Debian and Ubuntu: apt install libarchive-dev)")
  endif()
  if(GFNET_BUILD_LIVE)
    find_package(PkgConfig QUIET)
  endif()
  if(GFNET_BUILD_LIVE AND PKG_CONFIG_FOUND)
    pkg_check_modules(FFMPEG QUIET IMPORTED_TARGET GLOBAL
      libavdevice>=59 libavformat>=59 libavcodec>=59 libswscale>=6 libavutil>=57)
  endif()
  if(TARGET PkgConfig::FFMPEG)
    add_library(FFmpeg::FFmpeg ALIAS PkgConfig::FFMPEG)
  elseif(GFNET_BUILD_LIVE)
    message(STATUS "FFmpeg 5 or newer not found: there will be no gfnet live (Debian and Ubuntu: apt "
                   "install libavdevice-dev libavformat-dev libavcodec-dev libswscale-dev)")
  endif()
  find_path(GFNET_VOLK_INCLUDE NAMES volk.c PATH_SUFFIXES Volk volk)
  mark_as_advanced(GFNET_VOLK_INCLUDE)
  if(NOT TARGET volk::volk AND GFNET_VOLK_INCLUDE)
    add_library(volk::volk INTERFACE IMPORTED GLOBAL)
    target_include_directories(volk::volk INTERFACE ${GFNET_VOLK_INCLUDE})
    target_link_libraries(volk::volk INTERFACE Vulkan::Headers ${CMAKE_DL_LIBS})
  endif()
  find_package(glfw3 3.3 QUIET CONFIG)
  if(GFNET_BUILD_LIVE AND PKG_CONFIG_FOUND)
    # pkg-config knows what else the package's library needs (Debian: stb).
    pkg_check_modules(IMGUI QUIET IMPORTED_TARGET GLOBAL imgui>=1.86)
  endif()
  if(TARGET PkgConfig::IMGUI)
    add_library(imgui::imgui ALIAS PkgConfig::IMGUI)
  endif()
  if(TARGET glfw)
    set_property(TARGET glfw PROPERTY IMPORTED_GLOBAL TRUE)
  endif()
  if(GFNET_BUILD_LIVE AND (NOT TARGET glfw OR NOT TARGET imgui::imgui OR NOT TARGET volk::volk))
    message(STATUS "GLFW 3.3, Dear ImGui or volk not found: gfnet live will have no window "
                   "(Debian and Ubuntu: apt install libglfw3-dev libimgui-dev libvulkan-volk-dev)")
  endif()
  # Debian has no package of Apache Arrow, but pip has. scripts/setup --tests takes it from there.
  set(GFNET_PYARROW "" CACHE PATH "Folder of the Python package pyarrow, to take Apache Arrow from")
  include(PyArrow)
  if(NOT GFNET_PARQUET)
    # nothing to look for
  elseif(GFNET_PYARROW)
    gfnet_find_pyarrow(${GFNET_PYARROW})
    if(NOT TARGET Parquet::parquet_shared)
      message(FATAL_ERROR "GFNET_PYARROW: no Apache Arrow in ${GFNET_PYARROW}")
    endif()
  else()
    find_package(Parquet QUIET CONFIG)
    if(NOT TARGET Parquet::parquet_shared)
      gfnet_find_pyarrow(${PROJECT_SOURCE_DIR}/build/arrow/pyarrow)
    endif()
  endif()
  if(GFNET_PARQUET AND NOT TARGET Parquet::parquet_shared)
    message(STATUS "Apache Arrow not found: gfnet classify will write no Parquet files "
                   "(pip install --no-deps --target build/arrow pyarrow)")
  endif()
endif()
if(GFNET_BUILD_TESTS)
  gfnet_find_package(doctest doctest::doctest doctest-dev)
endif()
