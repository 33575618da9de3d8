#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "system/descriptor.h"

namespace app {

/// Destination of rows: a file, or stdout. The file holds only whole rows: if a write fails, for
/// example because the disk is full, the incomplete row is cut off. On stdout, the incomplete row
/// remains.
class OutputFile {
 public:
  /// path: empty for stdout. Opening a file keeps its content and locks the file against other
  /// runs. Throws gfnet::FormatError if the file cannot be opened, or if another run is writing to
  /// the file.
  explicit OutputFile(const std::string& path);

  /// Size of the file in bytes. For stdout: bytes written so far.
  std::uint64_t bytes() const { return bytes_; }
  /// Shortens the file to `bytes` bytes; `bytes` must be at most bytes(). Does nothing if the
  /// output is not a regular file, or if the file would be emptied and is_appended_stream(). Throws
  /// gfnet::FormatError.
  void cut(std::uint64_t bytes);
  /// Appends whole rows. Throws gfnet::FormatError.
  void write(std::string_view rows);

 private:
  int descriptor() const;
  [[noreturn]] void fail(int error) const;
  [[noreturn]] void fail(const std::string& cause) const;

  std::string name_;
  gfnet::system::Descriptor file_;  // closed for stdout
  bool is_regular_ = false;
  bool is_appended_ = false;
  std::uint64_t bytes_ = 0;
};

}  // namespace app
