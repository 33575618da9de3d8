#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace app {

/// A file, or stdout, that holds whole rows at any moment: each piece is written at once or, if the
/// disk is full, not at all.
class OutputFile {
 public:
  /// path: empty for stdout. Keeps the first `keep` bytes of what is there. Throws
  /// gfnet::FormatError if it cannot be opened, or if another run is writing to it.
  explicit OutputFile(const std::string& path, std::uint64_t keep = 0);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Throws gfnet::FormatError.
  void write(std::string_view rows);

 private:
  [[noreturn]] void fail(const std::string& cause) const;

  std::string name_;
  int fd_;
  bool is_regular_ = false;
  std::uint64_t bytes_;
};

}  // namespace app
