#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "system/descriptor.h"

namespace gfnet::system {

/// How a process has ended.
struct ProcessEnd {
  /// Its exit status, if `killed_by` is empty.
  int status = 0;
  /// What has ended it: "signal 11 (Segmentation fault)". Empty if it has ended by itself.
  std::string killed_by = {};
  /// Whether this is what other processes and people end a process by, and not a fault of its own.
  bool is_from_outside = false;
};

/// A process that this one has started. Must be waited for.
class Process {
 public:
  Process() = default;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// Starts a program, once. command: its command line, which begins with its path. input, output:
  /// what become its stdin and its stdout; its stderr leads nowhere. What interrupts this process
  /// on a terminal does not interrupt that one. Returns 0 or a value of errno.
  int start(const std::vector<std::string>& command, int input, int output);

  /// Whether a process was started whose end was not seen.
  bool is_started() const { return process_ >= 0; }
  void kill();
  /// For a process that cannot be ended: it is not waited for any more.
  void forget();

  enum class State { kRuns, kEnded, kUnknown };
  /// Looks for the end once, or waits for it. kUnknown: somebody else has waited for it. kRuns
  /// after waiting: a signal came first. end: set to how it ended.
  State look(bool waits, ProcessEnd& end);

 private:
  std::intptr_t process_ = -1;
};

/// Makes a pipe. Child processes inherit neither end. Returns 0 or a value of errno.
int make_pipe(Descriptor& read_end, Descriptor& write_end);
/// Writes all bytes to a pipe. Stops if nobody reads it any more.
void write_while_read(int pipe, std::string_view bytes);

}  // namespace gfnet::system
