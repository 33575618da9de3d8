#pragma once

#include <optional>
#include <string>

#include "inputs/input.h"

namespace app {

/// Paths from a stream, in the order of arrival. Either each line is a path, or zero bytes separate
/// the paths, as with find -print0. The stream has the second form if its first 4 KiB contain a
/// zero byte: 4 KiB is the length of the longest possible path. A byte order mark before the first
/// path, which Windows programs write, is no part of the path, unless zero bytes separate the paths
/// and a file has the name with the mark. A list in UTF-16 cannot be read. The list ends early if
/// wait_for_input() returns false, which means that a signal has arrived or that the run stops.
class PathList {
 public:
  /// fd: the stream, which must stay open while the list is used. name: the name of the stream in
  /// messages.
  PathList(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}

  /// Returns the next path that is not empty, or nothing at the end. If the stream cannot be read,
  /// or if a line contains a zero byte, returns an input with the reason in Input::cause.
  std::optional<Input> next();

 private:
  /// Reads more of the stream into buffer_. Returns false at the end of the stream.
  bool fill();
  void choose_separator();
  /// Called at the start of the stream, after choose_separator().
  void take_byte_order_mark();

  int fd_;
  std::string name_;
  std::string buffer_;
  std::size_t position_ = 0;
  std::optional<char> separator_;
  bool has_begun_ = false;  // next() has taken a path from the stream
  bool ended_ = false;
  std::string cause_;
};

}  // namespace app
