#include "image/metadata/orientation_tags.h"

#include <array>
#include <bit>
#include <string_view>

namespace gfnet::image {
namespace {

using namespace std::string_view_literals;

constexpr std::uint64_t kOrientationTag = 0x0112;

/// A type of the fields in a TIFF directory. is_number: a number of this type is an orientation. In
/// PIL, a byte is text.
struct FieldType {
  std::size_t size = 0;
  bool is_number = false;
};

/// By the number of the type. Types of size 0 are unknown.
constexpr std::array<FieldType, 17> kFieldTypes{{
    {},
    {1, false},  // 1: byte
    {1, false},  // 2: text
    {2, true},   // 3: short
    {4, true},   // 4: long
    {8, true},   // 5: rational
    {1, true},   // 6: signed byte
    {1, false},  // 7: undefined
    {2, true},   // 8: signed short
    {4, true},   // 9: signed long
    {8, true},   // 10: signed rational
    {4, true},   // 11: float
    {8, true},   // 12: double
    {4, true},   // 13: offset of a directory
    {},
    {},
    {8, true},  // 16: long of 8 bytes
}};

/// Reads an unsigned number of `size` bytes, at most 8. They must lie within `bytes`.
std::uint64_t read_number(Bytes bytes, std::size_t offset, std::size_t size, bool big_endian) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < size; ++i) {
    number = number << 8 | bytes[offset + (big_endian ? i : size - 1 - i)];
  }
  return number;
}

/// How the numbers of a TIFF structure are stored.
struct TiffForm {
  bool big_endian = false;
  bool big = false;  // BigTIFF: counts and offsets of 8 bytes
};

/// Some writers exchange the bytes of the number 42. PIL accepts that.
std::optional<TiffForm> small_form_of(Bytes tiff) {
  if (holds(tiff, 0, "MM\0*"sv) || holds(tiff, 0, "MM*\0"sv)) return TiffForm{true, false};
  if (holds(tiff, 0, "II*\0"sv) || holds(tiff, 0, "II\0*"sv)) return TiffForm{false, false};
  return std::nullopt;
}

std::optional<TiffForm> big_form_of(Bytes tiff) {
  if (holds(tiff, 0, "MM\0+"sv)) return TiffForm{true, true};
  if (holds(tiff, 0, "II+\0"sv)) return TiffForm{false, true};
  return std::nullopt;
}

int checked_orientation(double value) {
  const bool is_orientation = value >= 1 && value <= 8 && value == static_cast<int>(value);
  return is_orientation ? static_cast<int>(value) : kUpright;
}

/// The first number of a field. data: all bytes of the field. type: of a number.
int first_number(Bytes data, std::uint64_t type, bool big_endian) {
  const std::size_t size = kFieldTypes[type].size;
  if (type == 5 || type == 10) {
    const auto above = static_cast<std::uint32_t>(read_number(data, 0, 4, big_endian));
    const auto below = static_cast<std::uint32_t>(read_number(data, 4, 4, big_endian));
    if (below == 0) return kUpright;
    if (type == 5) return checked_orientation(static_cast<double>(above) / below);
    return checked_orientation(static_cast<double>(std::bit_cast<std::int32_t>(above)) /
                               std::bit_cast<std::int32_t>(below));
  }
  const std::uint64_t bits = read_number(data, 0, size, big_endian);
  if (type == 11)
    return checked_orientation(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
  if (type == 12) return checked_orientation(std::bit_cast<double>(bits));
  return bits <= 8 ? checked_orientation(static_cast<double>(bits))
                   : kUpright;  // negative numbers are large
}

/// The orientation in the first directory of a TIFF structure of a known form.
std::optional<int> orientation_in(Bytes tiff, TiffForm form) {
  if (tiff.size() < (form.big ? 16 : 8)) return std::nullopt;
  const auto number = [&](std::size_t offset, std::size_t size) {
    return read_number(tiff, offset, size, form.big_endian);
  };
  const std::size_t word = form.big ? 8 : 4;        // bytes of a count or an offset
  const std::size_t count_size = form.big ? 8 : 2;  // bytes of the number of entries
  const std::size_t entry_size = 4 + 2 * word;
  const std::uint64_t directory = number(form.big ? 8 : 4, word);
  if (directory > tiff.size() || tiff.size() - directory < count_size) return std::nullopt;
  const std::uint64_t entries = number(directory, count_size);
  std::uint64_t outside = 0;  // bytes of all fields that do not fit into their entries
  std::size_t entry = directory + count_size;
  for (std::uint64_t i = 0; i < entries && tiff.size() - entry >= entry_size; ++i) {
    const std::uint64_t tag = number(entry, 2);
    const std::uint64_t type = number(entry + 2, 2);
    const std::uint64_t count = number(entry + 4, word);
    std::size_t start = entry + 4 + word;
    entry += entry_size;
    if (type >= kFieldTypes.size() || kFieldTypes[type].size == 0 || count == 0) continue;
    if (count > tiff.size()) continue;
    const std::uint64_t size = count * kFieldTypes[type].size;
    if (size > word) {
      outside += size;
      if (outside > tiff.size()) continue;
      start = number(start, word);
      // PIL reads no further field after one that lies outside of the file.
      if (start > tiff.size() || tiff.size() - start < size) return std::nullopt;
    }
    if (tag != kOrientationTag) continue;
    if (!kFieldTypes[type].is_number) return kUpright;
    return first_number(tiff.subspan(start, size), type, form.big_endian);
  }
  return std::nullopt;
}

}  // namespace

std::optional<int> exif_orientation(Bytes exif) {
  constexpr std::string_view kHeader = "Exif\0\0"sv;
  for (int i = 0; i < 2 && holds(exif, 0, kHeader); ++i) exif = exif.subspan(kHeader.size());
  if (exif.empty()) return std::nullopt;
  auto form = small_form_of(exif);
  // PIL takes this mark of BigTIFF for one of TIFF.
  if (holds(exif, 0, "MM\0+"sv)) form = TiffForm{true, false};
  constexpr std::size_t kHeaderBytes = 8;
  if (!form || exif.size() < kHeaderBytes) return kUpright;
  return orientation_in(exif, *form);
}

std::optional<int> tiff_orientation(Bytes tiff) {
  auto form = small_form_of(tiff);
  if (!form) form = big_form_of(tiff);
  return form ? orientation_in(tiff, *form) : std::nullopt;
}

std::optional<int> xmp_orientation(Bytes xmp) {
  constexpr std::string_view kName = "tiff:Orientation";
  const std::string_view text(reinterpret_cast<const char*>(xmp.data()), xmp.size());
  for (std::size_t at = text.find(kName); at != text.npos; at = text.find(kName, at + 1)) {
    std::string_view rest = text.substr(at + kName.size());
    if (rest.starts_with("=\"")) {
      rest.remove_prefix(2);
    } else if (rest.starts_with('>')) {
      rest.remove_prefix(1);
    } else {
      continue;
    }
    if (!rest.empty() && rest[0] >= '0' && rest[0] <= '9')
      return checked_orientation(rest[0] - '0');
  }
  return std::nullopt;
}

}  // namespace gfnet::image
