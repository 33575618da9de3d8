#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <vector>

namespace gfnet::checkpoint {

/// The bytes of one file: mapped read-only if the system supports it, otherwise read into memory.
/// The file must not shrink while it is mapped.
class MappedFile {
 public:
  /// Throws FormatError unless path is a readable, non-empty regular file.
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::span<const std::byte> bytes_;
  /// Holds the bytes if the file is not mapped.
  std::vector<std::byte> buffer_;
};

}  // namespace gfnet::checkpoint
