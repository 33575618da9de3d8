#pragma once

#include <string>
#include <string_view>

namespace app {

/// A copy of a stream, byte for byte, in a temporary file without a name. From the copy, a list of
/// paths of any length can be read a second time.
class HeldList {
 public:
  /// Reads the stream to its end, or until interrupted(). stream: a file descriptor. name: the name
  /// of the stream in messages. Throws gfnet::FormatError if the stream cannot be read or the copy
  /// cannot be written.
  HeldList(int stream, const std::string& name);
  ~HeldList();
  HeldList(const HeldList&) = delete;
  HeldList& operator=(const HeldList&) = delete;

  int descriptor() const { return descriptor_; }
  /// Moves back to the first byte: the next read starts there.
  void rewind();

 private:
  void copy(int stream, const std::string& name);
  void write(std::string_view bytes);
  [[noreturn]] void fail() const;

  std::string path_;
  int descriptor_ = -1;
};

}  // namespace app
