#pragma once

#include <filesystem>
#include <string>

#include "system/descriptor.h"

namespace app {

/// A copy of a stream, byte for byte, in a temporary file without a name. From the copy, a list of
/// paths of any length can be read a second time.
class HeldList {
 public:
  /// Reads the stream to its end, or until interrupted(). stream: a file descriptor. name: the name
  /// of the stream in messages. Throws gfnet::FormatError if the stream cannot be read or the copy
  /// cannot be written.
  HeldList(int stream, const std::string& name);

  int descriptor() const { return file_.get(); }
  /// Moves back to the first byte: the next read starts there.
  void rewind();

 private:
  void copy(int stream, const std::string& name);
  [[noreturn]] void fail(int error) const;

  std::filesystem::path path_;
  gfnet::system::Descriptor file_;
};

}  // namespace app
