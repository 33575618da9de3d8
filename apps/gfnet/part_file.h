#pragma once

#include <cstdint>
#include <filesystem>

namespace app {

/// A file that is being fetched. What has been appended stays when the program ends, however it
/// ends. One process at a time may have it open.
class PartFile {
 public:
  /// Opens it, or makes it with its folder. Throws gfnet::FormatError if that cannot be done or
  /// another process has it.
  explicit PartFile(std::filesystem::path path);
  ~PartFile();
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::int64_t size() const { return size_; }

  /// Throws gfnet::FormatError if the disk is full, say.
  void append(const char* bytes, std::size_t count);
  /// Empties it.
  void restart();
  bool has_restarted() const { return has_restarted_; }
  /// Throws gfnet::FormatError unless so many more bytes fit on the disk.
  void check_space(std::int64_t bytes) const;
  /// Until all is on the disk.
  void sync();
  /// Takes it away, with whatever lies beside it.
  void discard();

  /// Where it is noted what the file is a part of.
  std::filesystem::path note_path() const;

 private:
  [[noreturn]] void fail(const char* what) const;

  std::filesystem::path path_;
  int descriptor_ = -1;
  std::int64_t size_ = 0;
  bool has_restarted_ = false;
};

}  // namespace app
