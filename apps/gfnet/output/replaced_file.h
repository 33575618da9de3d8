#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace app {

/// A file that is written at the end of a run and replaces the old one as a whole. Whatever
/// happens, the path leads to the old content or to the new content. A path to something other than
/// a regular file, such as a pipe, is written to directly. So is a file in a folder that takes no
/// new files.
class ReplacedFile {
 public:
  /// path: empty or kStdout (command_line/options.h) for stdout. Throws gfnet::FormatError if the
  /// file cannot be written.
  explicit ReplacedFile(std::string path);

  /// Throws gfnet::FormatError.
  void write(std::string_view text) const;
  void write(std::span<const std::byte> bytes) const;

  bool is_stdout() const { return path_.empty(); }

 private:
  [[noreturn]] void fail(int error) const;
  /// Opens a new file with a name that no other file has, beside the file that is replaced. Sets
  /// `name`. Returns -1 if the folder takes no new files.
  int open_beside(std::filesystem::path& name) const;
  int open_in_place() const;

  std::string path_;
  std::filesystem::path target_;  // path_ without links
  bool is_replaced_ = false;
};

}  // namespace app
