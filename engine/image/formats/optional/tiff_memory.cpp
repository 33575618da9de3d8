#include "image/formats/optional/tiff_memory.h"

#include <fmt/format.h>

#include <algorithm>

namespace gfnet::image {
namespace {

template <typename T>
std::uint64_t number(TIFF* tiff, std::uint32_t tag) {
  T value = 0;
  TIFFGetFieldDefaulted(tiff, tag, &value);
  return value;
}

bool is_separate(TIFF* tiff) {
  return number<std::uint16_t>(tiff, TIFFTAG_PLANARCONFIG) == PLANARCONFIG_SEPARATE;
}

/// A tile may extend beyond the image, but not by much.
void check_tile(TIFF* tiff, std::uint64_t pixels, std::uint64_t samples) {
  constexpr std::uint64_t kUsualTile = std::uint64_t{1} << 24;
  if (TIFFTileSize64(tiff) <= std::max(kUsualTile, 4 * pixels * samples)) return;
  throw DecodeFailure{fmt::format("corrupt TIFF: tiles of {}×{} pixels",
                                  number<std::uint32_t>(tiff, TIFFTAG_TILEWIDTH),
                                  number<std::uint32_t>(tiff, TIFFTAG_TILELENGTH))};
}

/// What a codec keeps while it unpacks a strip or tile of `piece` bytes.
std::uint64_t codec_memory(std::uint64_t compression, std::uint64_t piece) {
  switch (compression) {
    case COMPRESSION_JPEG:  // may be progressive
    case COMPRESSION_LERC:
    case COMPRESSION_WEBP:
    case COMPRESSION_JXL:
      return 3 * piece;
    case COMPRESSION_PIXARLOG:  // 16 bits for each sample
      return 2 * piece;
    case COMPRESSION_LZMA:  // a dictionary is only filled with what was unpacked
      return piece;
    case COMPRESSION_ZSTD: {  // libzstd refuses larger windows
      constexpr std::uint64_t kMostWindow = std::uint64_t{128} << 20;
      return std::min(piece, kMostWindow);
    }
    default:
      return 0;
  }
}

}  // namespace

bool is_read_as_rgba(TIFF* tiff) {
  const auto compression = number<std::uint16_t>(tiff, TIFFTAG_COMPRESSION);
  if (compression == COMPRESSION_OJPEG) return true;
  return number<std::uint16_t>(tiff, TIFFTAG_PHOTOMETRIC) == PHOTOMETRIC_YCBCR &&
         (compression != COMPRESSION_JPEG || is_separate(tiff));
}

DecoderMemory tiff_memory(TIFF* tiff) {
  const auto photometric = number<std::uint16_t>(tiff, TIFFTAG_PHOTOMETRIC);
  const auto compression = number<std::uint16_t>(tiff, TIFFTAG_COMPRESSION);
  const auto stored = number<std::uint16_t>(tiff, TIFFTAG_SAMPLESPERPIXEL);
  const std::uint64_t samples = std::min<std::uint64_t>(stored, 4);
  const std::uint64_t pixels = number<std::uint32_t>(tiff, TIFFTAG_IMAGEWIDTH) *
                               number<std::uint32_t>(tiff, TIFFTAG_IMAGELENGTH);
  const bool is_tiled = TIFFIsTiled(tiff) != 0;
  if (is_tiled) check_tile(tiff, pixels, std::max<std::uint64_t>(stored, 1));
  const std::uint64_t piece = is_tiled ? TIFFTileSize64(tiff) : TIFFStripSize64(tiff);

  // The samples, and the result where it is not the samples. Unpacking many or large samples takes
  // longer, and so does the conversion of L*a*b*.
  constexpr std::uint64_t kRgbaBytes = 7;  // four channels, and the result
  constexpr std::uint64_t kLabBytes = 9;
  std::uint64_t bytes = samples == 3 && photometric == PHOTOMETRIC_RGB ? 3 : samples + 3;
  if (photometric == PHOTOMETRIC_CIELAB) bytes = kLabBytes;
  if (photometric == PHOTOMETRIC_YCBCR || compression == COMPRESSION_OJPEG) bytes = kRgbaBytes;
  bytes = std::max(bytes, stored * number<std::uint16_t>(tiff, TIFFTAG_BITSPERSAMPLE) / 8);
  if (compression == COMPRESSION_OJPEG) bytes += 3 * samples;  // one JPEG of the whole image

  std::uint64_t pieces = is_tiled ? 1 : 0;  // strips are read by rows
  if (is_read_as_rgba(tiff)) pieces = is_separate(tiff) ? samples : 1;
  return {bytes, pieces * piece + codec_memory(compression, piece)};
}

}  // namespace gfnet::image
