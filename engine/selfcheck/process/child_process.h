#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "system/descriptor.h"
#include "system/started_process.h"

namespace gfnet::selfcheck {

/// Starts every line that a child writes for its parent.
inline constexpr std::string_view kMark = "gfnet-check";

/// Throws UnsupportedError: the check itself failed, which says nothing about a kernel.
[[noreturn]] void fail_check(const std::string& what);

/// Seconds without a line after which a kernel hangs: $GFNET_CHECK_SECONDS, else 60. Throws
/// ArgumentError if the variable is no number of seconds.
int time_limit();

/// The fields of a line, which tabs separate. The first is kMark, the second names what happened.
std::vector<std::string> fields_of(std::string_view line);

/// Both ends of a pipe. Throws UnsupportedError if none can be made.
struct Pipe {
  Pipe();
  system::Descriptor read_end;
  system::Descriptor write_end;
};

/// A child process with pipes to its standard input and from its standard output. Its standard
/// input ends when this object or this process ends, however that happens. The destructor kills it
/// if it then does not end by itself.
class ChildProcess {
 public:
  /// program: command line; the first argument is the program's path. input: what the child can
  /// read. Throws UnsupportedError if no process can be started.
  ChildProcess(const std::vector<std::string>& program, const std::string& input);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  enum class Read { kLine, kEnd, kTimeout };
  /// Reads the next line that starts with kMark, without its end. Other lines are a driver's.
  Read read_line(std::string& line, std::chrono::steady_clock::time_point deadline);

  /// Waits for the end of the process, after killing it if `kills`, and returns how it ended.
  /// Throws UnsupportedError if somebody else has ended it.
  std::string end(bool kills);

 private:
  bool take_line(std::string& line);

  Pipe input_;
  Pipe output_;
  system::Process process_;
  std::string buffer_;
};

}  // namespace gfnet::selfcheck
