#include <png.h>

#include <csetjmp>
#include <cstdio>

#include "image/formats/decoders.h"

namespace gfnet::image {
namespace {

/// State of one decode. libpng reports errors by longjmp, which must not skip a destructor. The
/// steps below therefore keep all their objects in this struct, and each step is a separate
/// function.
struct PngSession {
  Bytes file;
  std::size_t position = 0;
  png_structp png = nullptr;
  png_infop info = nullptr;
  int passes = 1;
  char message[128] = {};

  explicit PngSession(Bytes bytes) : file(bytes) {}
  PngSession(const PngSession&) = delete;
  PngSession& operator=(const PngSession&) = delete;
  ~PngSession() { png_destroy_read_struct(&png, &info, nullptr); }
};

[[noreturn]] void escape_from_libpng(png_structp png, png_const_charp message) {
  PngSession& session = *static_cast<PngSession*>(png_get_error_ptr(png));
  std::snprintf(session.message, sizeof session.message, "%s", message);
  png_longjmp(png, 1);
}

void ignore_warning(png_structp, png_const_charp) {}

void read_for_libpng(png_structp png, png_bytep target, std::size_t count) {
  PngSession& session = *static_cast<PngSession*>(png_get_io_ptr(png));
  if (count > session.file.size() - session.position) png_error(png, "the file ends early");
  std::memcpy(target, session.file.data() + session.position, count);
  session.position += count;
}

/// Reads the header and asks for RGB of 8 bits. Returns false for an error.
bool read_png_header(PngSession& session, std::uint32_t width, std::uint32_t height) {
  session.png =
      png_create_read_struct(PNG_LIBPNG_VER_STRING, &session, escape_from_libpng, ignore_warning);
  if (session.png == nullptr) return false;
  if (setjmp(png_jmpbuf(session.png)) != 0) return false;
  session.info = png_create_info_struct(session.png);
  if (session.info == nullptr) return false;
  png_set_read_fn(session.png, &session, read_for_libpng);
  png_set_user_limits(session.png, width, height);
  // Only the header, the palette and the pixels matter. What is not read cannot be damaged.
  constexpr png_byte kTransparency[] = "tRNS";
  png_set_keep_unknown_chunks(session.png, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
  png_set_keep_unknown_chunks(session.png, PNG_HANDLE_CHUNK_NEVER, kTransparency, 1);
#ifdef PNG_MAXIMUM_INFLATE_WINDOW
  // Some old encoders declare a smaller window than they use.
  png_set_option(session.png, PNG_MAXIMUM_INFLATE_WINDOW, PNG_OPTION_ON);
#endif
  png_read_info(session.png, session.info);
  png_set_strip_16(session.png);  // keeps the high byte
  png_set_expand(session.png);    // palette to RGB, grey of less than 8 bits to 8
  png_set_strip_alpha(session.png);
  png_set_gray_to_rgb(session.png);
  session.passes = png_set_interlace_handling(session.png);
  png_read_update_info(session.png, session.info);
  if (png_get_rowbytes(session.png, session.info) != std::size_t{3} * width) {
    png_error(session.png, "its rows have another size");
  }
  return true;
}

/// rgb: [height, stride / 3, 3]. Returns false for an error.
bool read_png_rows(PngSession& session, std::uint8_t* rgb, std::size_t stride,
                   std::uint32_t height) {
  if (setjmp(png_jmpbuf(session.png)) != 0) return false;
  for (int pass = 0; pass < session.passes; ++pass) {
    for (std::uint32_t row = 0; row < height; ++row) {
      png_read_row(session.png, rgb + row * stride, nullptr);
    }
  }
  png_read_end(session.png, nullptr);
  return true;
}

}  // namespace

Image decode_with_libpng(Bytes file, std::uint32_t width, std::uint32_t height) {
  PngSession session(file);
  const auto fail = [&session] {
    throw DecodeFailure{std::string("corrupt PNG: ") +
                        (session.message[0] != '\0' ? session.message : "nothing to decode")};
  };
  if (!read_png_header(session, width, height)) fail();
  Image image{width, height, {}};
  image.rgb.resize(std::size_t{3} * width * height);
  if (!read_png_rows(session, image.rgb.data(), std::size_t{3} * width, height)) fail();
  return image;
}

}  // namespace gfnet::image
