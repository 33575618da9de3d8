#include "image/formats/optional/tiff_directory.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <string_view>
#include <utility>

#include "image/formats/decoders.h"

namespace gfnet::image {
namespace {

using namespace std::string_view_literals;

/// The size in bytes of a number of a type; 0 for an unknown type.
std::size_t tiff_type_size(std::uint32_t type) {
  constexpr std::uint8_t kSizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};
  return type < std::size(kSizes) ? kSizes[type] : 0;
}

}  // namespace

TiffDirectory::TiffDirectory(Bytes file) : file_(file) {
  is_changed_ = is_swapped_ = holds(file, 0, "MM*\0"sv) || holds(file, 0, "II\0*"sv);
  big_endian_ = holds(file, 0, "MM"sv);
  is_big_ = holds(file, 0, "MM\0+"sv) || holds(file, 0, "II+\0"sv);
  is_read_ = read();
}

std::uint64_t TiffDirectory::value_at(TiffTag tag, std::uint64_t index) const {
  const TiffField& field = fields_.at(tag);
  const std::size_t size = tiff_type_size(field.type);
  return value(field.data.subspan(index * size, size), field.type);
}

std::vector<std::uint64_t> TiffDirectory::values(TiffTag tag, std::uint64_t most) const {
  std::vector<std::uint64_t> values(std::min(count(tag), most));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = value_at(tag, i);
  return values;
}

void TiffDirectory::set(TiffTag tag, TiffType type, const std::vector<std::uint64_t>& values) {
  TiffField field{type, values.size(), {}, {}};
  field.own.reserve(values.size() * tiff_type_size(type));
  for (const std::uint64_t value : values) append(field.own, value, tiff_type_size(type));
  field.data = field.own;
  fields_[tag] = std::move(field);
  is_changed_ = true;
}

std::vector<std::uint8_t> TiffDirectory::written() const {
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

std::uint64_t TiffDirectory::number(Bytes bytes, std::size_t offset, std::size_t size) const {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < size; ++i) {
    number = number << 8 | bytes[offset + (big_endian_ ? i : size - 1 - i)];
  }
  return number;
}

void TiffDirectory::append(std::vector<std::uint8_t>& bytes, std::uint64_t number,
                           std::size_t size) const {
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t byte = big_endian_ ? size - 1 - i : i;
    bytes.push_back(static_cast<std::uint8_t>(number >> (8 * byte)));
  }
}

std::uint64_t TiffDirectory::value(Bytes bytes, std::uint32_t type) const {
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

bool TiffDirectory::read() {
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

}  // namespace gfnet::image
