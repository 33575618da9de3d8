#pragma once

#include <string>
#include <string_view>

namespace app {

/// A copy of a stream, byte for byte, in a temporary file without a name. So a list of paths can be
/// read twice, whatever its length.
class HeldList {
 public:
  /// Reads the stream to its end, or until interrupted(). name: what messages call it. Throws
  /// gfnet::FormatError if the stream cannot be read or the copy cannot be written.
  HeldList(int stream, const std::string& name);
  ~HeldList();
  HeldList(const HeldList&) = delete;
  HeldList& operator=(const HeldList&) = delete;

  int descriptor() const { return descriptor_; }
  /// The next reader starts with the first byte again.
  void rewind();

 private:
  void copy(int stream, const std::string& name);
  void write(std::string_view bytes);
  [[noreturn]] void fail() const;

  std::string path_;
  int descriptor_ = -1;
};

}  // namespace app
