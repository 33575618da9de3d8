#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace app {

/// A file that holds whole rows at any moment: each piece is written at once or, if the disk is
/// full, not at all. Or stdout, which takes what it can.
class OutputFile {
 public:
  /// path: empty for stdout. Keeps what is there, and other runs away. Throws gfnet::FormatError if
  /// it cannot be opened, or if another run is writing to it.
  explicit OutputFile(const std::string& path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// How much there is of a file.
  std::uint64_t bytes() const { return bytes_; }
  /// Keeps so many bytes of a file, no more than there are. Throws gfnet::FormatError.
  void cut(std::uint64_t bytes);
  /// Throws gfnet::FormatError.
  void write(std::string_view rows);

 private:
  [[noreturn]] void fail(const std::string& cause) const;

  std::string name_;
  int fd_;
  bool is_regular_ = false;
  std::uint64_t bytes_ = 0;
};

}  // namespace app
