#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace gfnet::selfcheck {

/// Starts every line that a child writes for its parent.
inline constexpr std::string_view kMark = "gfnet-check";

/// Throws an error of the check itself, which says nothing about a kernel.
[[noreturn]] void fail_check(const std::string& what);

/// An open file descriptor, which child processes do not inherit.
class Descriptor {
 public:
  Descriptor() = default;
  ~Descriptor() { reset(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  /// Closes the descriptor, and takes another one.
  void reset(int fd = -1);

 private:
  int fd_ = -1;
};

/// Both ends of a pipe. Throws Error if none can be made.
struct Pipe {
  Pipe();
  Descriptor read_end;
  Descriptor write_end;
};

/// A child process with pipes to its standard input and from its standard output. Killed at the
/// end, if it still runs.
class ChildProcess {
 public:
  /// program: command line; the first argument is the program's path. input: what the child can
  /// read. Throws Error if no process can be started.
  ChildProcess(const std::vector<std::string>& program, const std::string& input);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  enum class Read { kLine, kEnd, kTimeout };
  /// Reads the next line that starts with kMark, without its end. Other lines are a driver's.
  Read read_line(std::string& line, std::chrono::steady_clock::time_point deadline);

  /// Waits for the end of the process, after killing it if `kills`, and returns how it ended.
  /// Throws Error if somebody else has ended it.
  std::string end(bool kills);

 private:
  bool take_line(std::string& line);

  Pipe output_;
  pid_t pid_ = -1;
  std::string buffer_;
};

}  // namespace gfnet::selfcheck
