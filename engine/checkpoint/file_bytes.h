#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "system/descriptor.h"
#include "system/reserved_memory.h"

namespace gfnet::checkpoint {

/// The bytes of a checkpoint file, at fixed addresses in this process's own memory. Each byte is
/// read from the file when it is first asked for, so that the parts of a file that nobody needs
/// are never read. The file is not mapped: if it is cut while it is read, the result is an error
/// and not a signal.
class FileBytes {
 public:
  /// Opens a file. Throws FormatError unless path is a readable, non-empty regular file.
  static std::shared_ptr<FileBytes> open(const std::filesystem::path& path);
  /// The bytes of a file that are in memory already. They belong to the caller, who must keep them
  /// as long as any span of them is in use. name: the file's name in messages.
  static std::shared_ptr<FileBytes> in_memory(std::span<const std::byte> bytes,
                                              std::filesystem::path name);
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// Number of bytes that the file had when it was opened.
  std::uint64_t size() const { return bytes_.size(); }
  /// Whether the bytes belong to this object, not to the caller of in_memory().
  bool owns_bytes() const { return owns_bytes_; }

  /// Bytes [offset, offset + size) of the file. They live as long as this object. Throws
  /// FormatError if the range reaches beyond size(), or if the file cannot be read there, for
  /// example because it has been cut since it was opened.
  std::span<const std::byte> read(std::uint64_t offset, std::uint64_t size);
  /// The same range without reading it: bytes that read() has not returned yet are undefined.
  std::span<const std::byte> unread(std::uint64_t offset, std::uint64_t size) const;

  /// Closes the file. The bytes that were read stay valid; read() must not be called any more.
  void close();

 private:
  explicit FileBytes(std::filesystem::path path) : path_(std::move(path)) {}
  void read_blocks(std::uint64_t first, std::uint64_t last);

  std::filesystem::path path_;
  system::ReservedMemory own_;
  std::span<const std::byte> bytes_;
  bool owns_bytes_ = false;
  /// Closed if the bytes were in memory from the start.
  system::Descriptor file_;
  /// For each block of the file, whether it has been read.
  std::vector<bool> is_read_;
};

}  // namespace gfnet::checkpoint
