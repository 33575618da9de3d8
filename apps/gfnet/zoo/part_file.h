#pragma once

#include <cstdint>
#include <filesystem>

#include "system/descriptor.h"

namespace app {

/// A file that is being downloaded. Appended bytes stay on the disk, however the program ends. Only
/// one process at a time can open the file.
class PartFile {
 public:
  /// Opens the file, or creates the file and its folder. Throws gfnet::FormatError if that fails or
  /// if another process has opened the file.
  explicit PartFile(std::filesystem::path path);

  const std::filesystem::path& path() const { return path_; }
  std::int64_t size() const { return size_; }

  /// Appends bytes. Throws gfnet::FormatError, for example if the disk is full.
  void append(const char* bytes, std::size_t count);
  /// Empties the file. Throws gfnet::FormatError.
  void restart();
  bool has_restarted() const { return has_restarted_; }
  /// Throws gfnet::FormatError unless `bytes` more bytes fit on the disk.
  void check_space(std::int64_t bytes) const;
  /// Waits until all bytes are on the disk. Throws gfnet::FormatError.
  void sync();
  /// Deletes this file and the note beside it (see note_path()).
  void discard();

  /// Path of the note: a JSON file beside this file. The note identifies the download: its address,
  /// and the size and version of the file there.
  std::filesystem::path note_path() const;

 private:
  [[noreturn]] void fail(const char* what, int error) const;

  std::filesystem::path path_;
  gfnet::system::Descriptor file_;
  std::int64_t size_ = 0;
  bool has_restarted_ = false;
};

}  // namespace app
