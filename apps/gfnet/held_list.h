#pragma once

#include <string>

namespace app {

/// All paths that a stream names, kept in a temporary file, so that they can be read twice whatever
/// their number. In the file they are as find -print0 writes them. Other programs do not see it.
class HeldList {
 public:
  /// Reads the stream to its end, or until interrupted(). name: what messages call it. Throws
  /// gfnet::FormatError if it cannot be read or kept.
  HeldList(int stream, const std::string& name);
  ~HeldList();
  HeldList(const HeldList&) = delete;
  HeldList& operator=(const HeldList&) = delete;

  int descriptor() const { return descriptor_; }
  /// The next reader starts with the first path again.
  void rewind();

 private:
  void write(const std::string& bytes);
  [[noreturn]] void fail() const;

  std::string path_;
  int descriptor_ = -1;
};

}  // namespace app
