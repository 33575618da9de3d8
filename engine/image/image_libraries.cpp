#include "image/image_libraries.h"

#include <zlib.h>

#include <cstddef>
#include <cstdio>
#include <string>

#ifdef GFNET_WITH_GIFLIB
#include <gif_lib.h>
#endif
#ifdef GFNET_WITH_LIBPNG
#include <png.h>
#endif
#ifdef GFNET_WITH_LIBJPEG
#include <jpeglib.h>  // needs std::size_t and FILE declared before it
#endif

namespace gfnet::image {
namespace {

#define GFNET_TEXT_OF(macro) GFNET_AS_TEXT(macro)
#define GFNET_AS_TEXT(tokens) #tokens

Library jpeg_library() {
#if !defined(GFNET_WITH_LIBJPEG)
  return {"libjpeg-turbo", "", false};
#elif defined(LIBJPEG_TURBO_VERSION)
  return {"libjpeg-turbo", GFNET_TEXT_OF(LIBJPEG_TURBO_VERSION)};
#else
  // 62 for the interface of libjpeg 6b, 90 for that of libjpeg 9.
  return {"libjpeg interface", std::to_string(JPEG_LIB_VERSION)};
#endif
}

Library png_library() {
#ifdef GFNET_WITH_LIBPNG
  return {"libpng", PNG_LIBPNG_VER_STRING};
#else
  return {"libpng", "", false};
#endif
}

Library gif_library() {
#ifdef GFNET_WITH_GIFLIB
  return {"giflib", GFNET_TEXT_OF(GIFLIB_MAJOR) "." GFNET_TEXT_OF(GIFLIB_MINOR) "." GFNET_TEXT_OF(
                        GIFLIB_RELEASE)};
#else
  return {"giflib", "", false};
#endif
}

}  // namespace

std::vector<Library> libraries() {
  return {{"zlib", ZLIB_VERSION},
          {"stb_image", GFNET_STB_IMAGE_VERSION},
          jpeg_library(),
          png_library(),
          gif_library()};
}

}  // namespace gfnet::image
