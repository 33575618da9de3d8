#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checkpoint/file_bytes.h"

namespace gfnet::checkpoint {

/// Reader for a zip archive (APPNOTE 6.3, with zip64). An entry may be stored uncompressed or
/// compressed with deflate. Uncompressed entries are read in place. Other bytes may follow the
/// archive in the file, up to about 64 KiB, as PyTorch accepts them. Every access is
/// bounds-checked. All functions throw FormatError.
class ZipArchive {
 public:
  struct Entry {
    std::uint16_t flags = 0;
    std::uint16_t method = 0;
    std::uint32_t crc = 0;
    std::uint64_t packed_size = 0;
    std::uint64_t size = 0;
    std::uint64_t header_offset = 0;
    /// The unpacked, verified bytes. Set by the first read() of this entry.
    std::optional<std::span<const std::byte>> bytes;
  };
  using Entries = std::map<std::string, Entry, std::less<>>;

  /// Reads the central directory.
  explicit ZipArchive(std::shared_ptr<FileBytes> file);
  ZipArchive(const ZipArchive&) = delete;
  ZipArchive& operator=(const ZipArchive&) = delete;

  const Entries& entries() const { return entries_; }

  /// The unpacked bytes of an entry, with verified length and checksum. A checksum of 0 means that
  /// the writer computed none, as PyTorch does on request; such an entry is not verified. The bytes
  /// live as long as the archive. nullopt if there is no such entry.
  std::optional<std::span<const std::byte>> read(std::string_view name);

  /// bytes: bytes that read() returned. Returns their offset in the file, or FormatError::kNoOffset
  /// if these bytes were inflated.
  std::int64_t offset_of(std::span<const std::byte> bytes) const;

  /// Number of bytes in the file, and of those that were inflated so far.
  std::uint64_t stored_bytes() const { return file_->size() + inflated_total_; }
  /// Closes the file. The bytes that read() returned stay valid.
  void close() { file_->close(); }
  bool owns_bytes() const { return file_->owns_bytes(); }

 private:
  struct Directory {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::uint64_t count = 0;
  };

  Directory find_directory() const;
  std::optional<Directory> directory_before(std::uint64_t end_record) const;
  Directory zip64_directory(std::uint64_t end_record) const;
  void read_directory();
  void apply_zip64(Entry& entry, std::span<const std::byte> extra) const;
  std::span<const std::byte> packed_bytes(std::string_view name, const Entry& entry) const;
  std::span<const std::byte> inflate_entry(std::string_view name, const Entry& entry,
                                           std::span<const std::byte> packed);

  /// The little-endian number of `width` bytes at `offset` of the file.
  std::uint64_t number(std::uint64_t offset, std::size_t width) const;
  std::span<const std::byte> slice(std::uint64_t offset, std::uint64_t size) const;
  [[noreturn]] void fail(const std::string& cause, std::uint64_t offset) const;
  [[noreturn]] void fail_entry(std::string_view name, const std::string& cause) const;

  std::shared_ptr<FileBytes> file_;
  Directory directory_;
  Entries entries_;
  std::uint64_t inflated_total_ = 0;
  std::deque<std::vector<std::byte>> inflated_;
};

}  // namespace gfnet::checkpoint
