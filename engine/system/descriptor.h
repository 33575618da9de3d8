#pragma once

#include <utility>

namespace gfnet::system {

// The standard streams, as open files.
inline constexpr int kStdin = 0;
inline constexpr int kStdout = 1;
inline constexpr int kStderr = 2;

/// Returns 0, or a value of errno: some file systems report only here that the disk is full.
int close_file(int file);

/// An open file, which child processes do not inherit. Closes itself.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() { reset(); }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) reset(std::exchange(other.fd_, -1));
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return fd_; }
  /// Closes the file, and takes another one.
  void reset(int fd = -1) {
    if (fd_ >= 0) close_file(fd_);
    fd_ = fd;
  }
  /// Closes the file. Returns the result of close_file().
  int close() { return close_file(std::exchange(fd_, -1)); }

 private:
  int fd_ = -1;
};

}  // namespace gfnet::system
