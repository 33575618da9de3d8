#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "image/formats/bytes.h"

namespace gfnet::image {

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

/// A field of the directory. data: the bytes of all values, in the file's byte order. They lie in
/// the file, or in `own`.
struct TiffField {
  std::uint32_t type = 0;
  std::uint64_t count = 0;
  Bytes data;
  std::vector<std::uint8_t> own;

  bool has_numbers() const { return type != 2 && type != 5 && type != 7 && type != 10; }
};

/// The first directory of a TIFF file. Reads and writes it.
class TiffDirectory {
 public:
  /// file must outlive the object. Throws DecodeFailure if the fields are together larger than it.
  explicit TiffDirectory(Bytes file);

  /// Whether the directory and all of its fields lie in the file.
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
  std::uint64_t value_at(TiffTag tag, std::uint64_t index) const;

  /// The first values of a field, at most `most`.
  std::vector<std::uint64_t> values(TiffTag tag, std::uint64_t most) const;

  /// The first value of a field, if it has one.
  std::optional<std::uint64_t> value_of(TiffTag tag) const {
    return count(tag) == 0 ? std::nullopt : std::optional(value_at(tag, 0));
  }

  void set(TiffTag tag, TiffType type, const std::vector<std::uint64_t>& values);

  void drop(TiffTag tag) { is_changed_ |= fields_.erase(tag) > 0; }

  /// The file with this directory at its end. Values that were not set stay where they are.
  std::vector<std::uint8_t> written() const;

 private:
  std::uint64_t number(Bytes bytes, std::size_t offset, std::size_t size) const;

  void append(std::vector<std::uint8_t>& bytes, std::uint64_t number, std::size_t size) const;

  std::uint64_t value(Bytes bytes, std::uint32_t type) const;

  /// Returns false if the directory, or a field of a known type, lies outside of the file. Throws
  /// DecodeFailure if the fields are together larger than the file: libtiff copies each of them.
  bool read();

  Bytes file_;
  std::map<std::uint32_t, TiffField> fields_;
  bool big_endian_ = false;
  bool is_big_ = false;
  bool is_swapped_ = false;
  bool is_changed_ = false;
  bool is_read_ = false;
};

}  // namespace gfnet::image
