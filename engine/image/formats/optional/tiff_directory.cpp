#include "image/formats/optional/tiff_directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <map>
#include <optional>

#include "image/formats/decoders.h"

namespace gfnet::image {
namespace {

using namespace std::string_view_literals;

enum TiffTag : std::uint32_t {
  kWidth = 256,
  kHeight = 257,
  kBits = 258,
  kCompression = 259,
  kPhotometric = 262,
  kFillOrder = 266,
  kStripOffsets = 273,
  kSamples = 277,
  kRows = 278,
  kStripBytes = 279,
  kPlanar = 284,
  kPredictor = 317,
  kPalette = 320,
  kTileWidth = 322,
  kTileHeight = 323,
  kTileOffsets = 324,
  kExtraSamples = 338,
  kSampleFormat = 339,
  kSubsampling = 530,
};

enum TiffType : std::uint32_t { kShort = 3, kLong = 4, kFloat = 11, kDouble = 12, kOffset = 13 };

constexpr std::uint64_t kPaletteColours = 3;  // values of Photometric
constexpr std::uint64_t kYcbcr = 6;
constexpr std::uint64_t kSeparate = 2;  // a value of PlanarConfiguration

/// The size in bytes of a number of a type; 0 for an unknown type.
std::size_t tiff_type_size(std::uint32_t type) {
  constexpr std::uint8_t kSizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};
  return type < std::size(kSizes) ? kSizes[type] : 0;
}

/// A field of the directory. data: the bytes of all values, in the file's byte order. They lie in
/// the file, or in `own`.
struct TiffField {
  std::uint32_t type = 0;
  std::uint64_t count = 0;
  Bytes data;
  std::vector<std::uint8_t> own;

  bool has_numbers() const { return type != 2 && type != 5 && type != 7 && type != 10; }
};

/// Reads and writes the first directory.
class TiffDirectory {
 public:
  explicit TiffDirectory(Bytes file) : file_(file) {
    is_changed_ = is_swapped_ = holds(file, 0, "MM*\0"sv) || holds(file, 0, "II\0*"sv);
    big_endian_ = holds(file, 0, "MM"sv);
    is_big_ = holds(file, 0, "MM\0+"sv) || holds(file, 0, "II+\0"sv);
    is_read_ = read();
  }

  bool is_read() const { return is_read_; }
  bool is_changed() const { return is_changed_; }
  bool has(TiffTag tag) const { return fields_.contains(tag); }
  std::uint32_t type(TiffTag tag) const { return has(tag) ? fields_.at(tag).type : 0; }
  std::size_t file_bytes() const { return file_.size(); }

  /// The number of values of a field. Returns 0 if the field is missing, or has no numbers.
  std::uint64_t count(TiffTag tag) const {
    return has(tag) && fields_.at(tag).has_numbers() ? fields_.at(tag).count : 0;
  }

  /// A value of a field, cut to a whole number that is not negative. index: less than count(tag).
  std::uint64_t value_at(TiffTag tag, std::uint64_t index) const {
    const TiffField& field = fields_.at(tag);
    const std::size_t size = tiff_type_size(field.type);
    return value(field.data.subspan(index * size, size), field.type);
  }

  /// The first values of a field, at most `most`.
  std::vector<std::uint64_t> values(TiffTag tag, std::uint64_t most) const {
    std::vector<std::uint64_t> values(std::min(count(tag), most));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = value_at(tag, i);
    return values;
  }

  /// The first value of a field, if it has one.
  std::optional<std::uint64_t> value_of(TiffTag tag) const {
    return count(tag) == 0 ? std::nullopt : std::optional(value_at(tag, 0));
  }

  void set(TiffTag tag, TiffType type, const std::vector<std::uint64_t>& values) {
    TiffField field{type, values.size(), {}, {}};
    field.own.reserve(values.size() * tiff_type_size(type));
    for (const std::uint64_t value : values) append(field.own, value, tiff_type_size(type));
    field.data = field.own;
    fields_[tag] = std::move(field);
    is_changed_ = true;
  }

  void drop(TiffTag tag) { is_changed_ |= fields_.erase(tag) > 0; }

  /// The file with this directory at its end. Values that were not set stay where they are.
  std::vector<std::uint8_t> written() const {
    std::size_t size = file_.size() + 32 * (fields_.size() + 1);  // an entry has at most 20 bytes
    for (const auto& [tag, field] : fields_) size += field.own.size();
    std::vector<std::uint8_t> file;
    file.reserve(size);
    file.insert(file.end(), file_.begin(), file_.end());
    if (file.size() % 2 != 0) file.push_back(0);
    const std::size_t start = file.size();
    const std::size_t word = is_big_ ? 8 : 4;
    std::size_t outside = start + (is_big_ ? 8 : 2) + fields_.size() * (4 + 2 * word) + word;
    std::vector<std::uint8_t> behind;
    append(file, fields_.size(), is_big_ ? 8 : 2);
    for (const auto& [tag, field] : fields_) {
      append(file, tag, 2);
      append(file, field.type, 2);
      append(file, field.count, word);
      if (field.data.size() <= word) {
        file.insert(file.end(), field.data.begin(), field.data.end());
        file.resize(file.size() + word - field.data.size());
      } else if (field.own.empty()) {
        append(file, static_cast<std::uint64_t>(field.data.data() - file_.data()), word);
      } else {
        append(file, outside + behind.size(), word);
        behind.insert(behind.end(), field.data.begin(), field.data.end());
        if (behind.size() % 2 != 0) behind.push_back(0);
      }
    }
    append(file, 0, word);  // no further directory
    file.insert(file.end(), behind.begin(), behind.end());
    std::vector<std::uint8_t> first;
    append(first, start, word);
    std::ranges::copy(first, file.begin() + (is_big_ ? 8 : 4));
    if (is_swapped_) std::swap(file[2], file[3]);
    return file;
  }

 private:
  std::uint64_t number(Bytes bytes, std::size_t offset, std::size_t size) const {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < size; ++i) {
      number = number << 8 | bytes[offset + (big_endian_ ? i : size - 1 - i)];
    }
    return number;
  }

  void append(std::vector<std::uint8_t>& bytes, std::uint64_t number, std::size_t size) const {
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t byte = big_endian_ ? size - 1 - i : i;
      bytes.push_back(static_cast<std::uint8_t>(number >> (8 * byte)));
    }
  }

  std::uint64_t value(Bytes bytes, std::uint32_t type) const {
    const std::uint64_t bits = number(bytes, 0, bytes.size());
    double real = 0;
    if (type == kFloat) {
      real = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    } else if (type == kDouble) {
      real = std::bit_cast<double>(bits);
    } else {
      return bits;
    }
    constexpr double kMost = 4294967295.0;
    return real >= 0 && real <= kMost ? static_cast<std::uint64_t>(real) : 0;
  }

  /// Returns false if the directory, or a field of a known type, lies outside of the file. Throws
  /// DecodeFailure if the fields are together larger than the file: libtiff copies each of them.
  bool read() {
    const std::size_t word = is_big_ ? 8 : 4;
    const std::size_t count_size = is_big_ ? 8 : 2;
    const std::size_t entry_size = 4 + 2 * word;
    if (file_.size() < 2 * word) return false;
    const std::uint64_t start = number(file_, word, word);
    if (start > file_.size() || file_.size() - start < count_size) return false;
    const std::uint64_t entries = number(file_, start, count_size);
    std::uint64_t outside = 0;
    bool is_whole = true;
    std::size_t entry = start + count_size;
    if (entries > (file_.size() - entry) / entry_size) return false;
    for (std::uint64_t i = 0; i < entries; ++i, entry += entry_size) {
      const auto tag = static_cast<std::uint32_t>(number(file_, entry, 2));
      const auto type = static_cast<std::uint32_t>(number(file_, entry + 2, 2));
      const std::uint64_t count = number(file_, entry + 4, word);
      std::uint64_t place = entry + 4 + word;
      if (tiff_type_size(type) == 0 || count > file_.size()) continue;
      const std::uint64_t size = count * tiff_type_size(type);
      if (size > word) {
        place = number(file_, place, word);
        outside += size;
        if (outside > file_.size()) {
          throw DecodeFailure{"corrupt TIFF: the values of its tags are larger than the file"};
        }
        if (place > file_.size() || file_.size() - place < size) {
          is_whole = false;
          continue;
        }
      }
      fields_.try_emplace(tag, TiffField{type, count, file_.subspan(place, size), {}});
    }
    return is_whole;
  }

  Bytes file_;
  std::map<std::uint32_t, TiffField> fields_;
  bool big_endian_ = false;
  bool is_big_ = false;
  bool is_swapped_ = false;
  bool is_changed_ = false;
  bool is_read_ = false;
};

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
