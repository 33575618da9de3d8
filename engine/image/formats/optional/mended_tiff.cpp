#include "image/formats/optional/mended_tiff.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "image/formats/decoders.h"
#include "image/formats/optional/tiff_directory.h"

namespace gfnet::image {
namespace {

constexpr std::uint64_t kPaletteColours = 3;  // values of Photometric
constexpr std::uint64_t kYcbcr = 6;
constexpr std::uint64_t kSeparate = 2;  // a value of PlanarConfiguration
constexpr std::uint64_t kMostShort = 65535;
constexpr std::uint64_t kMostSamples = 64;  // of a pixel, more than are read

bool is_odd_type(std::uint32_t type) {
  return type == kFloat || type == kDouble || type == kOffset;
}

void mend_numbers(TiffDirectory& directory) {
  // Tags of one number. The sizes of the image may not be fractions in PIL.
  constexpr TiffTag kSingle[] = {kWidth, kHeight, kCompression, kPhotometric, kFillOrder, kSamples,
                                 kRows,  kPlanar, kPredictor,   kTileWidth,   kTileHeight};
  for (const TiffTag tag : kSingle) {
    const std::optional<std::uint64_t> value = directory.value_of(tag);
    if (!value || (directory.count(tag) == 1 && !is_odd_type(directory.type(tag)))) continue;
    const bool is_size = tag == kWidth || tag == kHeight || tag == kTileWidth || tag == kTileHeight;
    if (is_size && directory.type(tag) != kOffset) continue;
    directory.set(tag, *value > kMostShort || is_size || tag == kRows ? kLong : kShort, {*value});
  }
  for (const TiffTag tag : {kBits, kSampleFormat, kExtraSamples}) {
    if (!is_odd_type(directory.type(tag))) continue;
    directory.set(tag, kShort, directory.values(tag, kMostSamples));
  }
}

void mend_colours(TiffDirectory& directory) {
  const std::uint64_t planar = directory.value_of(kPlanar).value_or(1);
  if (planar != 1 && planar != kSeparate) directory.drop(kPlanar);
  const std::uint64_t samples = std::min(directory.value_of(kSamples).value_or(1), kMostSamples);
  const std::vector<std::uint64_t> formats = directory.values(kSampleFormat, kMostSamples);
  if (formats.size() > 1 && directory.count(kSampleFormat) != samples && samples > 0 &&
      std::ranges::count(formats, formats[0]) == static_cast<std::ptrdiff_t>(formats.size())) {
    directory.set(kSampleFormat, kShort, std::vector<std::uint64_t>(samples, formats[0]));
  }
  if (directory.value_of(kPhotometric) == kYcbcr && samples == 1) {
    directory.set(kPhotometric, kShort, {1});
  }
  const std::uint64_t found = directory.count(kPalette);
  // libtiff takes the indices for greys, without a word.
  if (directory.value_of(kPhotometric) == kPaletteColours && found == 0) {
    throw DecodeFailure{"corrupt TIFF: no palette"};
  }
  // The reds, the greens and the blues follow one another. What the palette lacks is black.
  const std::uint64_t bits = directory.value_of(kBits).value_or(1);
  if (directory.value_of(kPhotometric) == kPaletteColours && bits <= 8 && found >= 3 &&
      found != std::uint64_t{3} << bits) {
    const std::uint64_t stored = found / 3;
    const std::uint64_t colours = std::uint64_t{1} << bits;
    std::vector<std::uint64_t> whole(3 * colours);
    for (std::uint64_t c = 0; c < 3; ++c) {
      for (std::uint64_t i = 0; i < std::min(stored, colours); ++i) {
        whole[c * colours + i] = std::min(directory.value_at(kPalette, c * stored + i), kMostShort);
      }
    }
    directory.set(kPalette, kShort, whole);
  }
}

std::uint64_t pieces_of(std::uint64_t whole, std::uint64_t part) {
  return (whole + part - 1) / part;
}

/// How the pixels lie in strips.
struct TiffStrips {
  std::uint64_t height = 0;
  std::uint64_t rows = 0;                // of a strip
  std::uint64_t each = 0;                // strips of all channels together, or of one
  std::vector<std::uint64_t> row_bytes;  // of all channels together, or of each

  std::uint64_t count() const { return each * row_bytes.size(); }
  std::uint64_t bytes(std::uint64_t strip) const {
    return std::min(rows, height - strip % each * rows) * row_bytes[strip / each];
  }
};

/// Returns nothing if the header's numbers make no sense; libtiff says so then.
std::optional<TiffStrips> strips_of(const TiffDirectory& directory) {
  constexpr std::uint64_t kLimit = std::uint64_t{1} << 31;
  const std::uint64_t width = directory.value_of(kWidth).value_or(0);
  const std::uint64_t samples = directory.value_of(kSamples).value_or(1);
  TiffStrips strips;
  strips.height = directory.value_of(kHeight).value_or(0);
  strips.rows = std::min(directory.value_of(kRows).value_or(kLimit), strips.height);
  std::vector<std::uint64_t> bits = directory.values(kBits, kMostSamples);
  if (bits.empty()) bits = {1};
  if (bits.size() == 1) bits.resize(std::min(samples, kMostSamples), bits[0]);
  if (width == 0 || width >= kLimit || strips.height >= kLimit || strips.rows == 0 ||
      samples == 0 || samples > bits.size() || std::ranges::max(bits) > 64) {
    return std::nullopt;
  }
  bits.resize(samples);
  strips.each = pieces_of(strips.height, strips.rows);
  if (directory.value_of(kPlanar) == kSeparate) {
    for (const std::uint64_t one : bits) strips.row_bytes.push_back(pieces_of(width * one, 8));
  } else {
    std::uint64_t all = 0;
    for (const std::uint64_t one : bits) all += one;
    strips.row_bytes = {pieces_of(width * all, 8)};
  }
  return strips;
}

/// Throws DecodeFailure if the file has fewer strips or tiles than it needs, or so many that their
/// offsets alone take much memory: more than tiles of 16×16 pixels in the largest image.
void check_count(std::uint64_t found, std::uint64_t needed, std::string_view what) {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 22;
  if (found < needed) {
    throw DecodeFailure{fmt::format("corrupt TIFF: {} of {} {}", found, needed, what)};
  }
  if (needed > kMost) {
    throw DecodeFailure{fmt::format("TIFF with {} {} is not supported", needed, what)};
  }
}

void mend_strips(TiffDirectory& directory) {
  const std::uint64_t found = directory.count(kStripOffsets);
  const std::optional<TiffStrips> strips = strips_of(directory);
  const std::uint64_t compression = directory.value_of(kCompression).value_or(1);
  constexpr std::uint64_t kOldJpeg = 6;  // its strips are parts of one JPEG file
  if (found == 0 || !strips || compression == kOldJpeg) return;
  check_count(found, strips->count(), "strips");
  if (compression != 1) return;
  std::vector<std::uint64_t> bytes = directory.values(kStripBytes, strips->count());
  if (directory.value_of(kPhotometric) == kYcbcr) {
    // Strips with fewer samples of colour are smaller.
    const bool holds_all = !bytes.empty() && bytes[0] == strips->bytes(0);
    if (!directory.has(kSubsampling) && holds_all) directory.set(kSubsampling, kShort, {1, 1});
    return;
  }
  bool fits = bytes.size() >= strips->count();
  bytes.resize(strips->count());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::uint64_t left =
        directory.file_bytes() -
        std::min<std::uint64_t>(directory.value_at(kStripOffsets, i), directory.file_bytes());
    const std::uint64_t needed = strips->bytes(i);
    if (needed > left) return;  // truncated: libtiff says so
    if (bytes[i] >= needed && bytes[i] <= left) continue;
    fits = false;
    bytes[i] = needed;
  }
  if (!fits) directory.set(kStripBytes, kLong, bytes);
}

void check_tiles(const TiffDirectory& directory) {
  constexpr std::uint64_t kLimit = std::uint64_t{1} << 31;
  const std::uint64_t width = directory.value_of(kWidth).value_or(0);
  const std::uint64_t height = directory.value_of(kHeight).value_or(0);
  const std::uint64_t tile_width = directory.value_of(kTileWidth).value_or(0);
  const std::uint64_t tile_height = directory.value_of(kTileHeight).value_or(0);
  if (tile_width == 0 || tile_height == 0 || width >= kLimit || height >= kLimit) return;
  const bool is_separate = directory.value_of(kPlanar) == kSeparate;
  const std::uint64_t planes = is_separate ? directory.value_of(kSamples).value_or(1) : 1;
  const std::uint64_t needed = pieces_of(width, tile_width) * pieces_of(height, tile_height);
  const std::uint64_t found = directory.count(kTileOffsets);
  if (planes == 0 || planes > kMostSamples) return;
  check_count(found, std::min(needed, kLimit) * planes, "tiles");
}

}  // namespace

std::vector<std::uint8_t> mended_tiff(Bytes file) {
  TiffDirectory directory(file);
  if (!directory.is_read()) return {};
  mend_numbers(directory);
  mend_colours(directory);
  const bool has_strips = directory.has(kStripOffsets) && !directory.has(kTileOffsets);
  if (has_strips && directory.has(kTileWidth) != directory.has(kTileHeight)) {
    directory.drop(kTileWidth);
    directory.drop(kTileHeight);
  }
  if (directory.has(kTileOffsets)) {
    check_tiles(directory);
  } else if (has_strips && !directory.has(kTileWidth)) {
    mend_strips(directory);
  }
  return directory.is_changed() ? directory.written() : std::vector<std::uint8_t>();
}

}  // namespace gfnet::image
