#pragma once

#include <optional>
#include <string>

#include "input.h"

namespace app {

/// Paths from a stream, as they come: one a line or, as find -print0 writes them, with zero bytes
/// between. Which of the two is seen from what a path can be at most, its first 4 KiB. Ends when
/// wait_for_input() does.
class PathList {
 public:
  /// The descriptor must outlive the list; name is what messages call it.
  PathList(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}

  /// The next path that is not empty; a stream that cannot be read is an input with a cause.
  std::optional<Input> next();

 private:
  /// Reads on. False at the end.
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
