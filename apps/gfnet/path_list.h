#pragma once

#include <optional>
#include <string>

#include "input.h"

namespace app {

/// Paths from a stream, as they arrive: one per line or, as find -print0 writes them, separated by
/// zero bytes. The form is detected from the first 4 KiB, the longest possible path. Ends early
/// when wait_for_input() returns false.
class PathList {
 public:
  /// fd must outlive the list. name: what messages call the stream.
  PathList(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}

  /// The next path that is not empty, or nothing at the end. A stream that cannot be read, and a
  /// line with a zero byte in it, give an input with a cause.
  std::optional<Input> next();

 private:
  /// Reads more into buffer_. Returns false at the end.
  bool fill();
  void choose_separator();

  int fd_;
  std::string name_;
  std::string buffer_;
  std::size_t position_ = 0;
  std::optional<char> separator_;
  bool ended_ = false;
  std::string cause_;
};

}  // namespace app
