#include "image/decode.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <new>
#include <string_view>
#include <vector>

#include "gfnet/error.h"
#include "image/decoders.h"
#include "image/orientation.h"

namespace gfnet::image {
namespace {

/// Largest number of bytes of an image file. Image files are far smaller, but device files and
/// pipes may never end.
constexpr std::size_t kMaxFileBytes = std::size_t{1} << 30;

/// Upper bound for the pixels that one byte of a file can hold, in any format. The densest format
/// is a 1-bit PNG: deflate reaches 1032:1, so one byte can hold 8256 pixels.
constexpr std::uint64_t kMaxPixelsPerByte = 10'000;

struct Signature {
  std::size_t offset;
  std::string_view bytes;
  std::string_view format;
  bool readable;
};

using namespace std::string_view_literals;
constexpr std::array kSignatures{
    Signature{0, "\xFF\xD8\xFF"sv, "JPEG", true},
    Signature{0, "\x89PNG\r\n\x1A\n"sv, "PNG", true},
    Signature{0, "GIF87a"sv, "GIF", true},
    Signature{0, "GIF89a"sv, "GIF", true},
    Signature{0, "8BPS"sv, "PSD", true},
    Signature{0, "BM"sv, "BMP", true},
    Signature{0, "P5"sv, "PNM", true},
    Signature{0, "P6"sv, "PNM", true},
    Signature{8, "WEBP"sv, "WebP", false},
    Signature{0, "II*\0"sv, "TIFF", false},
    Signature{0, "MM\0*"sv, "TIFF", false},
    Signature{4, "ftypavif"sv, "AVIF", false},
    Signature{4, "ftyphei"sv, "HEIF", false},
    Signature{4, "ftypmif1"sv, "HEIF", false},
    Signature{4, "jP  \r\n"sv, "JPEG 2000", false},
    Signature{0, "\xFF\x4F\xFF\x51"sv, "JPEG 2000", false},
    Signature{0, "\xFF\x0A"sv, "JPEG XL", false},
    Signature{4, "JXL \r\n"sv, "JPEG XL", false},
    Signature{0, "%PDF-"sv, "PDF", false},
    Signature{0, "#?RADIANCE"sv, "Radiance HDR", false},
};

const Signature* find_signature(std::span<const std::uint8_t> bytes) {
  for (const Signature& signature : kSignatures) {
    if (bytes.size() >= signature.offset + signature.bytes.size() &&
        std::memcmp(bytes.data() + signature.offset, signature.bytes.data(),
                    signature.bytes.size()) == 0) {
      return &signature;
    }
  }
  return nullptr;
}

/// Whether the bytes may be a TGA file. TGA has no signature, so this tests whether the header's
/// fields are consistent.
bool looks_like_tga(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < 18) return false;
  const int palette = bytes[1];
  const int kind = bytes[2] & ~8;  // bit 3: run-length encoded
  const bool kind_fits = palette == 1 ? kind == 1 : palette == 0 && (kind == 2 || kind == 3);
  const int bits = bytes[16];
  const bool bits_fit = bits == 8 || bits == 15 || bits == 16 || bits == 24 || bits == 32;
  return kind_fits && bits_fit && (bytes[12] | bytes[13]) != 0 && (bytes[14] | bytes[15]) != 0;
}

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

/// Decodes PNM with stb_image and corrects two faults of stb_image: numbers in the header can
/// overflow an int, and 255 is always full brightness, even if the header gives another value.
Image decode_pnm(std::span<const std::uint8_t> bytes, const DecodeOptions& options) {
  const PnmHeader header = read_pnm_header(bytes);
  check_extent(header.extent.width, header.extent.height, bytes.size(), options);
  const std::uint64_t largest = header.largest_sample;
  if (largest > 255) throw DecodeFailure{"PNM with 16-bit samples is not supported"};
  if (largest == 0) throw DecodeFailure{"corrupt PNM: its largest sample is 0"};
  Image image = decode_with_stb(bytes, "PNM", options);
  if (largest == 255) return image;
  for (std::uint8_t& sample : image.rgb) {
    const std::uint64_t scaled = (sample * std::uint64_t{255} + largest / 2) / largest;
    sample = static_cast<std::uint8_t>(std::min<std::uint64_t>(scaled, 255));
  }
  return image;
}

Image decode_with_whole_palette(std::span<const std::uint8_t> bytes, const std::string& format,
                                const DecodeOptions& options) {
  const std::vector<std::uint8_t> whole = with_whole_palette(bytes, format);
  return decode_with_stb(whole.empty() ? bytes : whole, format, options);
}

Image decode(std::span<const std::uint8_t> bytes, const DecodeOptions& options) {
  if (bytes.empty()) throw DecodeFailure{"the file is empty"};
  if (bytes.size() > kMaxFileBytes) throw DecodeFailure{"larger than 1 GiB"};
  const Signature* signature = find_signature(bytes);
  if (signature == nullptr) {
    if (looks_like_tga(bytes)) return decode_with_whole_palette(bytes, "TGA", options);
    throw DecodeFailure{"not an image (JPEG, PNG, BMP, GIF, TGA, PSD and PNM are read)"};
  }
  const std::string format(signature->format);
  if (!signature->readable) {
    throw DecodeFailure{format + " is not supported (JPEG, PNG, BMP, GIF, TGA, PSD and PNM are)"};
  }
  if (format == "JPEG") {
    // Checked first: stb_image silently replaces missing data by grey. Some builds of libjpeg do so
    // for progressive files.
    if (!has_jpeg_end(bytes)) throw DecodeFailure{"truncated JPEG: no end-of-image marker"};
#ifdef GFNET_WITH_LIBJPEG
    if (!options.prefer_stb) return decode_with_libjpeg(bytes, options);
#endif
  }
  if (format == "PNG") {
    if (const auto fault = find_png_fault(bytes)) throw DecodeFailure{*fault};
    // Checked here because stb_image gives no reason if a size exceeds its own limits.
    const DeclaredExtent extent = png_extent(bytes);
    check_extent(extent.width, extent.height, bytes.size(), options);
  }
  if (format == "PNM") return decode_pnm(bytes, options);
  return decode_with_whole_palette(bytes, format, options);
}

}  // namespace

void check_extent(std::uint64_t width, std::uint64_t height, std::size_t bytes,
                  const DecodeOptions& options) {
  const std::string extent = fmt::format("{}×{} pixels", width, height);
  if (width == 0 || height == 0) throw DecodeFailure{"declares " + extent};
  if (width > options.max_pixels / height) {
    throw DecodeFailure{
        fmt::format("declares {}, above the limit of {}", extent, options.max_pixels)};
  }
  if (width * height / kMaxPixelsPerByte > bytes) {
    throw DecodeFailure{fmt::format("declares {}, more than its {} bytes can hold", extent, bytes)};
  }
}

Image decode_image(std::span<const std::uint8_t> bytes, const std::filesystem::path& name,
                   const DecodeOptions& options) {
  try {
    Image image = decode(bytes, options);
    if (!options.apply_orientation) return image;
    return upright(std::move(image), exif_orientation(bytes));
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
