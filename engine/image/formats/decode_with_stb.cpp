#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "image/formats/decoders.h"

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_NO_STDIO
#define STBI_NO_HDR
#define STBI_NO_LINEAR
#define STBI_ONLY_GIF
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
// Zeroed memory: stb_image leaves pixels of a corrupt JPEG unwritten.
#define STBI_MALLOC(bytes) std::calloc(1, bytes)
#define STBI_REALLOC(block, bytes) std::realloc(block, bytes)
#define STBI_FREE(block) std::free(block)
#define STBI_ASSERT(condition) static_cast<void>(0)
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#endif
#include <stb_image.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace gfnet::image {
namespace {

/// Feeds stb_image from memory. At the end of the data stb_image continues with zeros and reports
/// no error. The reader therefore sets `overrun` if stb_image reads past the end.
struct StbSource {
  Bytes bytes;
  std::size_t position = 0;
  bool overrun = false;
};

/// Size of the buffer that stb_image fills in advance, in bytes. A request of this size may thus
/// exceed the bytes that stb_image needs. Requests of any other size are exact.
constexpr int kBufferBytes = 128;

int read_bytes(void* user, char* data, int size) {
  StbSource& reader = *static_cast<StbSource*>(user);
  const std::size_t left = reader.bytes.size() - reader.position;
  const std::size_t wanted = static_cast<std::size_t>(std::max(size, 0));
  const std::size_t given = std::min(left, wanted);
  if (given == 0 || (given < wanted && size != kBufferBytes)) reader.overrun = true;
  if (given > 0) std::memcpy(data, reader.bytes.data() + reader.position, given);
  // Do not leave the missing bytes uninitialised.
  if (given < wanted) std::memset(data + given, 0, wanted - given);
  reader.position += given;
  return static_cast<int>(given);
}

void skip_bytes(void* user, int count) {
  StbSource& reader = *static_cast<StbSource*>(user);
  if (count < 0) {
    reader.position -= std::min(reader.position, static_cast<std::size_t>(-std::int64_t{count}));
  } else {
    reader.position +=
        std::min(reader.bytes.size() - reader.position, static_cast<std::size_t>(count));
  }
}

int is_at_end(void* user) {
  const StbSource& reader = *static_cast<StbSource*>(user);
  return reader.position >= reader.bytes.size() ? 1 : 0;
}

[[noreturn]] void fail_with_stb(const StbSource& reader, const std::string& format) {
  if (reader.overrun) throw DecodeFailure{"truncated " + format};
  // Null or empty in some cases, for example if a GIF has no frame.
  const char* const reason = stbi_failure_reason();
  const bool is_known = reason != nullptr && *reason != '\0';
  throw DecodeFailure{fmt::format("corrupt or unsupported {}: {}", format,
                                  is_known ? reason : "nothing to decode")};
}

/// Decodes to RGB, or to RGB and alpha. channels: 3 or 4.
Image load_with_stb(Bytes bytes, const std::string& format, const DecodeOptions& options,
                    int channels) {
  const stbi_io_callbacks callbacks{read_bytes, skip_bytes, is_at_end};
  int width = 0;
  int height = 0;
  int stored = 0;
  StbSource reader{bytes};
  if (stbi_info_from_callbacks(&callbacks, &reader, &width, &height, &stored) == 0) {
    fail_with_stb(reader, format);
  }
  check_extent(static_cast<std::uint64_t>(std::max(width, 0)),
               static_cast<std::uint64_t>(std::max(height, 0)), bytes.size(), 3, options);

  reader = StbSource{bytes};
  const std::unique_ptr<stbi_uc, decltype(&stbi_image_free)> pixels(
      stbi_load_from_callbacks(&callbacks, &reader, &width, &height, &stored, channels),
      &stbi_image_free);
  if (pixels == nullptr || reader.overrun) fail_with_stb(reader, format);

  Image image{static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height), {}};
  const std::size_t size =
      std::size_t{image.width} * image.height * static_cast<std::size_t>(channels);
  image.rgb.assign(pixels.get(), pixels.get() + size);
  return image;
}

}  // namespace

Image decode_with_stb(Bytes bytes, const std::string& format, const DecodeOptions& options) {
  return load_with_stb(bytes, format, options, 3);
}

std::vector<std::uint8_t> read_gif_with_stb(Bytes bytes, const DecodeOptions& options) {
  const std::vector<std::uint8_t> rgba = load_with_stb(bytes, "GIF", options, 4).rgb;
  std::vector<std::uint8_t> indices(rgba.size() / 4);
  for (std::size_t i = 0; i < indices.size(); ++i) {
    // stb_image leaves pixels transparent that the file lacks.
    if (rgba[4 * i + 3] == 0) throw DecodeFailure{"truncated GIF"};
    indices[i] = rgba[4 * i];
  }
  return indices;
}

}  // namespace gfnet::image
