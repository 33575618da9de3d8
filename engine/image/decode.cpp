#include "image/decode.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <limits>
#include <new>
#include <vector>

#include "gfnet/error.h"
#include "image/decoding_memory.h"
#include "image/formats/formats.h"
#include "image/formats/other_formats.h"
#include "image/metadata/orientation_tags.h"
#include "image/orientation.h"

namespace gfnet::image {
namespace {

/// Largest number of bytes of an image file. Image files are far smaller, but device files and
/// pipes may never end.
constexpr std::size_t kMaxFileBytes = std::size_t{1} << 30;

/// Upper bound for the pixels that one byte of a file can hold, in any format. The densest format
/// is a 1-bit PNG: deflate reaches 1032:1, so one byte can hold 8256 pixels.
constexpr std::uint64_t kMaxPixelsPerByte = 10'000;

/// The same for formats in which an area of one colour takes hardly a byte. Blank pages in TIFF's
/// fax compression have up to 70,000.
constexpr std::uint64_t kMaxDensePixelsPerByte = 100'000;
/// In these formats, an image of so many pixels may be of any number of bytes.
constexpr std::uint64_t kFewPixels = std::uint64_t{1} << 24;

/// A file that is smaller may not take more than this memory to decode, without what the libraries
/// need for any image.
constexpr std::size_t kSmallFile = std::size_t{1} << 20;
constexpr std::uint64_t kSmallFileMemory = std::uint64_t{208} << 20;

/// Reads a file up to its end, or up to a little more than kMaxFileBytes.
std::vector<std::uint8_t> read_file(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    throw FormatError(path, "no such file");
  }
  if (error) throw FormatError(path, "cannot be opened: " + error.message());
  if (std::filesystem::is_directory(status)) throw FormatError(path, "is a directory");

  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) throw FormatError(path, std::string("cannot be opened: ") + std::strerror(errno));
  std::vector<std::uint8_t> bytes;
  if (std::filesystem::is_regular_file(status)) {
    const auto size = std::filesystem::file_size(path, error);
    if (!error && size <= kMaxFileBytes) bytes.reserve(static_cast<std::size_t>(size) + 1);
  }
  constexpr std::size_t kPiece = std::size_t{1} << 16;
  while (file && bytes.size() <= kMaxFileBytes) {
    const std::size_t filled = bytes.size();
    bytes.resize(std::max(bytes.capacity(), filled + kPiece));
    file.read(reinterpret_cast<char*>(bytes.data() + filled),
              static_cast<std::streamsize>(bytes.size() - filled));
    bytes.resize(filled + static_cast<std::size_t>(file.gcount()));
  }
  if (file.bad()) throw FormatError(path, std::string("cannot be read: ") + std::strerror(errno));
  return bytes;
}

Image decode(Bytes file, const DecodeOptions& options) {
  if (file.empty()) throw DecodeFailure{"the file is empty"};
  if (file.size() > kMaxFileBytes) throw DecodeFailure{"larger than 1 GiB"};
  const Format* const format = find_format(file);
  if (format == nullptr) {
    const std::string_view other = other_format(file);
    if (!other.empty()) {
      throw DecodeFailure{
          fmt::format("{}, which is not supported ({} are)", other, readable_formats())};
    }
    throw DecodeFailure{fmt::format("not an image ({} are read)", readable_formats())};
  }
  if (format->decode != nullptr) return format->decode(file, options);
  if (format->library.empty()) {
    throw DecodeFailure{
        fmt::format("{} is not supported ({} are)", format->name, readable_formats())};
  }
  throw DecodeFailure{
      fmt::format("{0}: gfnet was built without {1}; install {1}-dev and build again", format->name,
                  format->library)};
}

void check_area(std::uint64_t width, std::uint64_t height, const DecodeOptions& options) {
  if (width == 0 || height == 0) {
    throw DecodeFailure{fmt::format("declares {}×{} pixels", width, height)};
  }
  if (width > options.max_pixels / height) {
    throw DecodeFailure{fmt::format("declares {}×{} pixels, above the limit of {}", width, height,
                                    options.max_pixels)};
  }
}

void check_small_file(std::uint64_t width, std::uint64_t height, std::size_t bytes,
                      const DecoderMemory& memory) {
  const std::uint64_t most = most_memory(bytes);
  const std::uint64_t pixels = width * height;
  const std::uint64_t other = memory.other_bytes;
  if (other <= most && pixels <= (most - other) / memory.pixel_bytes) return;
  throw DecodeFailure{
      fmt::format("declares {}×{} pixels, which take {} MB to decode; a file below 1 MB may take "
                  "{} MB",
                  width, height, (pixels * memory.pixel_bytes + other) / 1'000'000,
                  kSmallFileMemory / 1'000'000)};
}

/// Holds the memory of the file and of the decoder, at least 8 bytes a pixel: some libraries need
/// more than what is counted against small files.
void wait_for_memory(std::uint64_t width, std::uint64_t height, std::size_t file_bytes,
                     const DecoderMemory& memory, const DecodeOptions& options) {
  constexpr std::uint64_t kLeastPixelBytes = 8;
  if (options.before_pixels != nullptr && *options.before_pixels) {
    (*options.before_pixels)(static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height));
  }
  if (options.share == nullptr) return;
  const std::uint64_t pixel_bytes = std::max(kLeastPixelBytes, memory.pixel_bytes);
  options.share->hold(file_bytes + pixel_bytes * width * height + memory.other_bytes);
}

[[noreturn]] void refuse_density(std::uint64_t width, std::uint64_t height, std::size_t bytes) {
  throw DecodeFailure{
      fmt::format("declares {}×{} pixels, more than its {} bytes can hold", width, height, bytes)};
}

}  // namespace

std::uint64_t most_memory(std::size_t bytes) {
  return bytes < kSmallFile ? kSmallFileMemory : std::numeric_limits<std::uint64_t>::max();
}

void check_extent(std::uint64_t width, std::uint64_t height, std::size_t bytes,
                  const DecoderMemory& memory, const DecodeOptions& options) {
  check_area(width, height, options);
  if (width * height / kMaxPixelsPerByte > bytes) refuse_density(width, height, bytes);
  check_small_file(width, height, bytes, memory);
  wait_for_memory(width, height, bytes, memory, options);
}

void check_dense_extent(std::uint64_t width, std::uint64_t height, std::size_t bytes,
                        const DecoderMemory& memory, const DecodeOptions& options) {
  check_area(width, height, options);
  const std::uint64_t pixels = width * height;
  if (pixels > kFewPixels && pixels / kMaxDensePixelsPerByte > bytes) {
    refuse_density(width, height, bytes);
  }
  check_small_file(width, height, bytes, memory);
  wait_for_memory(width, height, bytes, memory, options);
}

ImageRegion needed_region(std::uint32_t width, std::uint32_t height, const DecodeOptions& options) {
  if (options.region == nullptr || !*options.region) return {0, 0, width, height};
  const ImageRegion region = (*options.region)(width, height);
  const auto lies_within = [](std::uint32_t begin, std::uint32_t length, std::uint32_t whole) {
    return length > 0 && begin < whole && length <= whole - begin;
  };
  if (!lies_within(region.left, region.width, width) ||
      !lies_within(region.top, region.height, height)) {
    throw ArgumentError(
        fmt::format("{}×{} pixels from column {} and row {} are no part of an "
                    "image of {}×{} pixels",
                    region.width, region.height, region.left, region.top, width, height));
  }
  return region;
}

std::vector<std::uint8_t> pixel_memory(std::size_t bytes, const DecodeOptions& options) {
  std::vector<std::uint8_t> pixels;
  if (options.memory != nullptr && *options.memory) pixels = (*options.memory)(bytes);
  if (pixels.capacity() < bytes) pixels = {};  // so that nothing is copied
  pixels.resize(bytes);
  return pixels;
}

void check_turn(const Image& image, int orientation, std::size_t bytes) {
  constexpr std::uint64_t kTwoImages = 6;
  if (exchanges_axes(orientation)) check_small_file(image.width, image.height, bytes, kTwoImages);
}

Image decode_image(std::span<const std::uint8_t> bytes, const std::filesystem::path& name,
                   const DecodeOptions& options) {
  DecodingShare share(decoding_memory());
  DecodeOptions counted = options;
  counted.share = &share;
  try {
    const int orientation = options.apply_orientation ? stored_orientation(bytes) : kUpright;
    // The decoders ask for a part of the stored image, options.region knows the upright image.
    const std::function<ImageRegion(std::uint32_t, std::uint32_t)> stored_region =
        [&](std::uint32_t width, std::uint32_t height) {
          Extent size{height, width};
          if (exchanges_axes(orientation)) std::swap(size.width, size.height);
          return stored(needed_region(size.width, size.height, options), size, orientation);
        };
    counted.region = &stored_region;
    Image image = decode(bytes, counted);
    if (!options.apply_orientation) return image;
    check_turn(image, orientation, bytes.size());
    return upright(std::move(image), orientation);
  } catch (const DecodeFailure& failure) {
    throw FormatError(name, failure.cause);
  } catch (const std::bad_alloc&) {
    throw FormatError(name, "not enough memory to decode it");
  }
}

Image decode_image(const std::filesystem::path& path, const DecodeOptions& options) {
  return decode_image(read_file(path), path, options);
}

bool decodes_with_libjpeg() {
#ifdef GFNET_WITH_LIBJPEG
  return true;
#else
  return false;
#endif
}

}  // namespace gfnet::image
