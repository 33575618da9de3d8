#include "inputs/archives/xz_dictionaries.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace app {
namespace {

constexpr std::string_view kXz(
    "\xFD"
    "7zXZ\0",
    6);
constexpr std::string_view kLzip = "LZIP\1";
constexpr std::size_t kStreamHeader = 12;
constexpr std::size_t kFooter = 12;
constexpr std::size_t kCrc = 4;

/// Bytes up to the next multiple of 4.
std::uint64_t padding(std::uint64_t bytes) { return (4 - bytes % 4) % 4; }

/// Reads a number in the form of xz from a block's header: 7 bits a byte, the lowest first. Moves
/// `place` behind it; beyond the end if the number is incomplete.
std::uint64_t take_number(std::string_view header, std::size_t& place) {
  std::uint64_t number = 0;
  for (unsigned bits = 0; bits < 63 && place < header.size(); bits += 7) {
    const auto byte = static_cast<unsigned char>(header[place++]);
    number |= std::uint64_t{byte & 0x7Fu} << bits;
    if ((byte & 0x80u) == 0) return number;
  }
  place = header.size() + 1;
  return 0;
}

/// The dictionary that a property of LZMA2 states, in bytes.
std::uint64_t dictionary_of(unsigned property) {
  return std::uint64_t{2 | (property & 1u)} << std::min((property & 0x3Fu) / 2 + 11, 40u);
}

}  // namespace

void XzDictionaries::expect(Part part, std::size_t size) {
  field_.clear();
  extend(part, size);
}

void XzDictionaries::extend(Part part, std::size_t size) {
  part_ = part;
  size_ = size;
}

bool XzDictionaries::take(std::span<const std::byte> bytes) {
  while (!bytes.empty() && part_ != Part::kUnknown) {
    const std::uint64_t wanted = skip_ > 0 ? skip_ : size_ - field_.size();
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(wanted, bytes.size()));
    if (skip_ > 0) {
      skip_ -= count;
    } else {
      field_.append(reinterpret_cast<const char*>(bytes.data()), count);
      if (field_.size() == size_ && !handle()) return false;
    }
    bytes = bytes.subspan(count);
  }
  return true;
}

bool XzDictionaries::handle() {
  switch (part_) {
    case Part::kStreamHeader:
      if (field_.starts_with(kLzip)) {
        extend(Part::kUnknown, 0);
        return (std::uint64_t{1} << (at(5) & 0x1Fu)) <= kMostDictionary;
      }
      handle_stream_header();
      return true;
    case Part::kBlockSize:
      if (at(0) != 0) {
        extend(Part::kBlockHeader, 4 * (std::size_t{at(0)} + 1));
        return true;
      }
      index_ = 1;
      number_ = bits_ = 0;
      has_count_ = false;
      expect(Part::kIndexByte, 1);
      return true;
    case Part::kBlockHeader:
      return handle_block_header();
    case Part::kChunk:
      ++chunks_;
      if (at(0) == 0) {
        skip_ = padding(chunks_) + check_;
        expect(Part::kBlockSize, 1);
      } else if (at(0) >= 0x80) {
        extend(Part::kPackedChunk, at(0) >= 0xC0 ? 6 : 5);
      } else {
        extend(at(0) <= 2 ? Part::kPlainChunk : Part::kUnknown, 3);
      }
      return true;
    case Part::kPlainChunk:
    case Part::kPackedChunk: {
      // Behind the first byte: the unpacked size minus 1, then the packed size minus 1.
      const std::size_t place = part_ == Part::kPackedChunk ? 3 : 1;
      skip_ = (at(place) << 8u | at(place + 1)) + std::uint64_t{1};
      chunks_ += size_ - 1 + skip_;
      expect(Part::kChunk, 1);
      return true;
    }
    case Part::kIndexByte:
      handle_index_byte();
      return true;
    case Part::kPadding:
      if (field_ == std::string_view("\0\0\0\0", 4)) {
        expect(Part::kPadding, 4);
      } else {
        extend(Part::kStreamHeader, kXz.size());
      }
      return true;
    case Part::kUnknown:
      break;
  }
  return true;
}

void XzDictionaries::handle_stream_header() {
  static constexpr std::array<std::uint8_t, 16> kCheckBytes{0,  4,  4,  4,  8,  8,  8,  16,
                                                            16, 16, 32, 32, 32, 64, 64, 64};
  if (!field_.starts_with(kXz)) return extend(Part::kUnknown, 0);
  if (field_.size() < kStreamHeader) return extend(Part::kStreamHeader, kStreamHeader);
  check_ = kCheckBytes[at(7) & 0xFu];
  expect(Part::kBlockSize, 1);
}

bool XzDictionaries::handle_block_header() {
  constexpr std::uint64_t kLzma2 = 0x21;
  const unsigned flags = at(1);
  std::size_t place = 2;
  if ((flags & 0x40u) != 0) take_number(field_, place);  // packed size of the block
  if ((flags & 0x80u) != 0) take_number(field_, place);  // unpacked size of the block
  std::uint64_t largest = 0;
  for (unsigned filters = (flags & 3u) + 1; filters > 0; --filters) {
    const std::uint64_t filter = take_number(field_, place);
    const std::uint64_t properties = take_number(field_, place);
    if (place >= field_.size() || properties >= field_.size() - place) {
      extend(Part::kUnknown, 0);  // damaged: liblzma unpacks no such block
      return true;
    }
    if (filter == kLzma2 && properties == 1) largest = std::max(largest, dictionary_of(at(place)));
    place += static_cast<std::size_t>(properties);
  }
  chunks_ = 0;
  expect(Part::kChunk, 1);
  return largest <= kMostDictionary;
}

void XzDictionaries::handle_index_byte() {
  ++index_;
  number_ |= std::uint64_t{at(0) & 0x7Fu} << bits_;
  bits_ += 7;
  const bool is_complete = (at(0) & 0x80u) == 0;
  if (!is_complete && bits_ >= 63) return extend(Part::kUnknown, 0);
  expect(Part::kIndexByte, 1);
  if (!is_complete) return;
  // First the number of blocks, then two sizes of each.
  numbers_ = has_count_ ? numbers_ - 1 : 2 * number_;
  has_count_ = true;
  number_ = bits_ = 0;
  if (numbers_ > 0) return;
  skip_ = padding(index_) + kCrc + kFooter;
  expect(Part::kPadding, 4);
}

}  // namespace app
