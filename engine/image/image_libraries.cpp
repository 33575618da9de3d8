#include "image/image_libraries.h"

#include <fmt/format.h>
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
#ifdef GFNET_WITH_LIBAVIF
#include <avif/avif.h>
#endif
#ifdef GFNET_WITH_LIBHEIF
#include <libheif/heif_version.h>
#endif
#ifdef GFNET_WITH_LIBJXL
#include <jxl/decode.h>
#endif
#ifdef GFNET_WITH_LIBTIFF
#include <tiffvers.h>
#endif
#ifdef GFNET_WITH_LIBWEBP
#include <webp/decode.h>
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

/// number: a version of three parts, each below `base`.
std::string version_of(unsigned number, unsigned base) {
  return fmt::format("{}.{}.{}", number / (base * base), number / base % base, number % base);
}

Library webp_library() {
#ifdef GFNET_WITH_LIBWEBP
  // The headers number the interface only; the library numbers itself.
  return {"libwebp", version_of(static_cast<unsigned>(WebPGetDecoderVersion()), 256)};
#else
  return {"libwebp", "", false};
#endif
}

Library tiff_library() {
#ifdef GFNET_WITH_LIBTIFF
  std::string version = TIFFLIB_VERSION_STR;  // "LIBTIFF, Version 4.5.0", and a copyright
  version = version.substr(0, version.find('\n'));
  return {"libtiff", version.substr(version.rfind(' ') + 1)};
#else
  return {"libtiff", "", false};
#endif
}

Library avif_library() {
#ifdef GFNET_WITH_LIBAVIF
  return {"libavif",
          fmt::format("{}.{}.{}", AVIF_VERSION_MAJOR, AVIF_VERSION_MINOR, AVIF_VERSION_PATCH)};
#else
  return {"libavif", "", false};
#endif
}

Library heif_library() {
#ifdef GFNET_WITH_LIBHEIF
  return {"libheif", LIBHEIF_VERSION};
#else
  return {"libheif", "", false};
#endif
}

Library jxl_library() {
#ifdef GFNET_WITH_LIBJXL
  return {"libjxl", version_of(JxlDecoderVersion(), 1000)};
#else
  return {"libjxl", "", false};
#endif
}

}  // namespace

std::vector<Library> libraries() {
  std::vector<Library> all{{"zlib", ZLIB_VERSION}, {"stb_image", GFNET_STB_IMAGE_VERSION}};
  for (const auto& library : {jpeg_library(), png_library(), gif_library(), webp_library(),
                              tiff_library(), avif_library(), heif_library(), jxl_library()}) {
    all.push_back(library);
  }
  return all;
}

}  // namespace gfnet::image
