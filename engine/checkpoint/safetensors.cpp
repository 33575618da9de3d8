#include "checkpoint/safetensors.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.h"
#include "checkpoint/checked_math.h"
#include "checkpoint/safetensors_header.h"
#include "checkpoint/state_dict.h"
#include "checkpoint/tensor_layout.h"
#include "gfnet/error.h"

namespace gfnet::checkpoint {
namespace {

using Entry = SafetensorsHeader::Entry;

constexpr std::size_t kLengthSize = 8;
/// Largest header in bytes. The reference implementation has the same limit.
constexpr std::uint64_t kMaxHeader = 100'000'000;
constexpr std::uint8_t kPickleProto = 0x80;

std::uint64_t header_length(std::span<const std::byte> bytes) {
  std::uint64_t length = 0;
  for (std::size_t i = kLengthSize; i-- > 0;) {
    length = length << 8 | std::to_integer<std::uint64_t>(bytes[i]);
  }
  return length;
}

/// Throws FormatError unless the bytes of each entry have the size that the entry's shape needs,
/// and the entries fill the data without gaps or overlaps.
void check_offsets(const std::filesystem::path& path, const std::vector<Entry>& entries,
                   std::size_t header_end, std::size_t data_size) {
  const auto fail = [&](const Entry& entry, const std::string& cause) -> FormatError {
    return FormatError(path, cause, excerpt(entry.name),
                       static_cast<std::int64_t>(header_end) +
                           std::min(entry.begin, static_cast<std::int64_t>(data_size)));
  };
  std::vector<const Entry*> by_offset;
  for (const Entry& entry : entries) {
    if (entry.begin > entry.end || static_cast<std::uint64_t>(entry.end) > data_size) {
      throw fail(entry, "reaches beyond the end of the file");
    }
    const auto count = checked_elements(entry.shape);
    const auto size =
        count ? checked_multiply(*count, static_cast<std::int64_t>(size_of(entry.dtype)))
              : std::nullopt;
    if (!size || *size != entry.end - entry.begin) {
      throw fail(entry, fmt::format("has {} bytes, but its shape needs {}", entry.end - entry.begin,
                                    size ? std::to_string(*size) : "more than 2^63"));
    }
    by_offset.push_back(&entry);
  }
  std::sort(by_offset.begin(), by_offset.end(), [](const Entry* a, const Entry* b) {
    return std::pair(a->begin, a->end) < std::pair(b->begin, b->end);
  });
  std::int64_t end = 0;
  for (const Entry* entry : by_offset) {
    if (entry->begin < end) throw fail(*entry, "overlaps another tensor");
    if (entry->begin > end) throw fail(*entry, "leaves a gap before it");
    end = entry->end;
  }
  if (static_cast<std::size_t>(end) != data_size) {
    throw FormatError(path, "has bytes that belong to no tensor", "",
                      static_cast<std::int64_t>(header_end) + end);
  }
}

SafetensorsHeader read_header(const std::filesystem::path& path, std::span<const std::byte> json) {
  try {
    return parse_safetensors_header({reinterpret_cast<const char*>(json.data()), json.size()});
  } catch (const SafetensorsFault& fault) {
    throw FormatError(path, fault.cause, excerpt(fault.tensor),
                      fault.offset < 0 ? FormatError::kNoOffset
                                       : fault.offset + static_cast<std::int64_t>(kLengthSize));
  }
}

}  // namespace

bool looks_like_safetensors(std::span<const std::byte> bytes) {
  if (bytes.size() <= kLengthSize || bytes[kLengthSize] != std::byte{'{'}) return false;
  // A pickle may also have '{' at this position. Its first bytes are then not a plausible length.
  return bytes[0] != std::byte{kPickleProto} || header_length(bytes) <= kMaxHeader;
}

Checkpoint read_safetensors(const std::filesystem::path& path, FileBytes file) {
  const std::span<const std::byte> bytes = file.bytes;
  if (bytes.size() < kLengthSize) throw FormatError(path, "the file is truncated");
  const std::uint64_t length = header_length(bytes);
  if (length > bytes.size() - kLengthSize) {
    throw FormatError(path,
                      fmt::format("its header of {} bytes is longer than the file; the file is "
                                  "truncated",
                                  length));
  }
  if (length > kMaxHeader) {
    throw FormatError(path, fmt::format("its header of {} bytes is too long", length));
  }
  const std::size_t header_end = kLengthSize + static_cast<std::size_t>(length);
  const std::span<const std::byte> data = bytes.subspan(header_end);
  SafetensorsHeader header =
      read_header(path, bytes.subspan(kLengthSize, static_cast<std::size_t>(length)));
  check_offsets(path, header.entries, header_end, data.size());

  std::vector<TensorView> tensors;
  for (Entry& entry : header.entries) {
    TensorLayout layout;
    layout.dtype = entry.dtype;
    layout.strides = dense_strides(entry.shape);
    layout.shape = std::move(entry.shape);
    const auto begin = static_cast<std::size_t>(entry.begin);
    const auto size = static_cast<std::size_t>(entry.end - entry.begin);
    tensors.push_back(make_view(path, std::string(without_module_prefix(entry.name)),
                                std::move(layout), data.subspan(begin, size)));
  }
  return Checkpoint(path, "safetensors", std::move(tensors), std::move(header.metadata),
                    std::move(file.owner));
}

}  // namespace gfnet::checkpoint
