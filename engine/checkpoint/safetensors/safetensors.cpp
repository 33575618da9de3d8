#include "checkpoint/safetensors/safetensors.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.h"
#include "checkpoint/checked_math.h"
#include "checkpoint/safetensors/safetensors_header.h"
#include "checkpoint/tensor_layout.h"
#include "gfnet/error.h"

namespace gfnet::checkpoint {
namespace {

using HeaderEntry = SafetensorsHeader::Entry;

constexpr std::size_t kLengthSize = 8;
/// Largest header in bytes. The reference implementation has the same limit.
constexpr std::uint64_t kMaxHeader = 100'000'000;
constexpr std::uint8_t kPickleProto = 0x80;

/// Bytes of an element; 0 if the type is unknown.
std::int64_t element_size(const HeaderEntry& entry) {
  const std::size_t size = entry.dtype ? size_of(*entry.dtype) : 0;
  return static_cast<std::int64_t>(entry.complex ? 2 * size : size);
}

std::uint64_t header_length(std::span<const std::byte> bytes) {
  std::uint64_t length = 0;
  for (std::size_t i = kLengthSize; i-- > 0;) {
    length = length << 8 | std::to_integer<std::uint64_t>(bytes[i]);
  }
  return length;
}

/// Throws FormatError unless the bytes of each entry of a known type have the size that the entry's
/// shape needs, and the entries fill the data without gaps or overlaps.
void check_offsets(const std::filesystem::path& path, const std::vector<HeaderEntry>& entries,
                   std::size_t header_end, std::size_t data_size) {
  const auto fail = [&](const HeaderEntry& entry, const std::string& cause) -> FormatError {
    return FormatError(path, cause, excerpt(entry.name),
                       static_cast<std::int64_t>(header_end) +
                           std::min(entry.begin, static_cast<std::int64_t>(data_size)));
  };
  std::vector<const HeaderEntry*> by_offset;
  for (const HeaderEntry& entry : entries) {
    if (entry.begin > entry.end || static_cast<std::uint64_t>(entry.end) > data_size) {
      throw fail(entry, "reaches beyond the end of the file");
    }
    const auto count = checked_elements(entry.shape);
    const auto size = count ? checked_multiply(*count, element_size(entry)) : std::nullopt;
    if (entry.dtype && (!size || *size != entry.end - entry.begin)) {
      throw fail(entry, fmt::format("has {} bytes, but its shape needs {}", entry.end - entry.begin,
                                    size ? std::to_string(*size) : "more than 2^63"));
    }
    by_offset.push_back(&entry);
  }
  std::sort(by_offset.begin(), by_offset.end(), [](const HeaderEntry* a, const HeaderEntry* b) {
    return std::pair(a->begin, a->end) < std::pair(b->begin, b->end);
  });
  std::int64_t end = 0;
  for (const HeaderEntry* entry : by_offset) {
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

/// Text for the error of an element type that the engine does not support.
std::string describe_type(const std::string& name) {
  if (name.starts_with("F8_")) {
    return fmt::format(
        "is float8 ({}); convert it to float16 or float32 before saving, because its scales are "
        "not in the file's format",
        excerpt(name));
  }
  return fmt::format("has the unsupported element type '{}'", excerpt(name));
}

class SafetensorsReader : public ObjectReader {
 public:
  SafetensorsReader(std::shared_ptr<FileBytes> file, std::vector<HeaderEntry> entries,
                    std::uint64_t data)
      : file_(std::move(file)), entries_(std::move(entries)), data_(data) {}

  const std::vector<HeaderEntry>& entries() const { return entries_; }

  std::string kind(std::size_t object) const override {
    const HeaderEntry& entry = entries_[object];
    const std::string type = entry.complex ? "complex" : excerpt(entry.type_name);
    return fmt::format("{} {}", entry.dtype && !entry.complex ? name_of(*entry.dtype) : type,
                       Shape(entry.shape).text());
  }
  bool is_tensor(std::size_t) const override { return true; }
  bool is_counter(std::size_t object) const override {
    const HeaderEntry& entry = entries_[object];
    return entry.dtype && !is_floating_point(*entry.dtype) &&
           checked_elements(entry.shape).value_or(2) <= 1;
  }

  TensorView tensor(std::size_t object, const std::string& name) override {
    const HeaderEntry& entry = entries_[object];
    if (!entry.dtype) {
      throw FormatError(file_->path(), describe_type(entry.type_name), excerpt(name));
    }
    TensorLayout layout;
    layout.dtype = *entry.dtype;
    layout.complex = entry.complex;
    layout.strides = dense_strides(entry.shape);
    layout.shape = entry.shape;
    const auto begin = static_cast<std::uint64_t>(entry.begin);
    return make_view(file_->path(), name, std::move(layout),
                     file_->read(data_ + begin, static_cast<std::uint64_t>(entry.end) - begin));
  }

  std::uint64_t stored_bytes() const override { return file_->size(); }

  std::shared_ptr<const void> close() override {
    file_->close();
    return file_->owns_bytes() ? file_ : nullptr;
  }

 private:
  std::shared_ptr<FileBytes> file_;
  std::vector<HeaderEntry> entries_;
  /// Offset of the tensors' bytes in the file.
  std::uint64_t data_;
};

}  // namespace

bool looks_like_safetensors(std::span<const std::byte> head, std::uint64_t file_size) {
  if (head.size() <= kLengthSize || head[kLengthSize] != std::byte{'{'}) return false;
  // A pickle or a JSON text may also have '{' at this position. Its first bytes are then not a
  // plausible length.
  const bool is_other = head[0] == std::byte{kPickleProto} || head[0] == std::byte{'{'};
  return !is_other || header_length(head) <= std::min(kMaxHeader, file_size);
}

CheckpointFile open_safetensors(std::shared_ptr<FileBytes> file) {
  const std::filesystem::path path = file->path();
  if (file->size() < kLengthSize) throw FormatError(path, "the file is truncated");
  const std::uint64_t length = header_length(file->read(0, kLengthSize));
  if (length > file->size() - kLengthSize) {
    throw FormatError(path,
                      fmt::format("its header of {} bytes is longer than the file; the file is "
                                  "truncated",
                                  length));
  }
  if (length > kMaxHeader) {
    throw FormatError(path, fmt::format("its header of {} bytes is too long", length));
  }
  const std::uint64_t data = kLengthSize + length;
  SafetensorsHeader header = read_header(path, file->read(kLengthSize, length));
  check_offsets(path, header.entries, static_cast<std::size_t>(data),
                static_cast<std::size_t>(file->size() - data));

  auto reader =
      std::make_unique<SafetensorsReader>(std::move(file), std::move(header.entries), data);
  Dictionary dictionary;
  for (std::size_t i = 0; i < reader->entries().size(); ++i) {
    const std::string& name = reader->entries()[i].name;
    if (name.size() <= kMaxEntryName) dictionary.entries.push_back({name, i});
  }
  dictionary.has_tensor = !reader->entries().empty();
  return CheckpointFile(path, "safetensors", {std::move(dictionary)},
                        "a dictionary without tensors", std::move(header.metadata),
                        std::move(reader));
}

}  // namespace gfnet::checkpoint
