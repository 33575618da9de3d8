#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gfnet/check.h"
#include "kernels/switched_off.h"
#include "runtime/device_context.h"
#include "selfcheck/problem_list.h"
#include "selfcheck/process/try_mark.h"

namespace gfnet::selfcheck {

/// Which devices' kernels are checked before their first use: by default those of GPUs.
enum class CheckSetting { kAuto, kOn, kOff };

/// The setting in GFNET_CHECK. Throws ArgumentError if the variable is neither empty nor "on" nor
/// "off".
CheckSetting check_setting();

/// What a check shall do.
struct CheckJob {
  /// The device's index, and its key (device_key_of): in another process, the index may be that of
  /// another device.
  std::uint32_t device = 0;
  std::string device_key = {};
  /// Whether the validation layer watches.
  bool validation = false;
  /// The folder for compiled pipelines; empty for the user's.
  std::string cache_directory = {};
  ProblemList problems = {};
  /// Kernels and algorithms to check. nullopt: all.
  std::optional<std::set<std::string>> only = std::nullopt;
  /// Those that must not run.
  kernels::SwitchedOff switched_off = {};
  std::uint32_t seed = 1;
  /// Whether the matrix shapes of the device with this key shall be queried. Nothing else is then
  /// done.
  bool queries_matrices = false;

  /// As text, one line for each member or element. The last line is kEnd.
  std::string to_text() const;
  /// Parses the format of to_text(). nullopt if the text is malformed.
  static std::optional<CheckJob> from_text(std::string_view text);

  static constexpr std::string_view kEnd = "end\t";
};

/// The text without the characters that separate fields and lines.
std::string one_line(std::string text);
/// vulkan::device_key on one line.
std::string device_key_of(const vulkan::DeviceInfo& device);

/// What happens during a check. Each function may be empty.
struct CheckEvents {
  /// Before the kernels of a problem run.
  std::function<void(const ProblemSpec& problem)> on_problem = {};
  /// Before a kernel runs.
  std::function<void(const CheckedKernel& begun)> on_begin = {};
  /// After each problem: what it showed about a kernel.
  std::function<void(const CheckedKernel& done)> on_end = {};
};

/// The same events, and the mark says which kernel runs. mark must outlive the result.
CheckEvents marking(TryMark& mark, CheckEvents events);

/// Does the job in this process. Returns one entry for each kernel. A device that is lost or
/// hangs is the result kCrashed or kHung of the kernel that ran, and ends the check. A kernel that
/// this process dies of leaves a mark (TryMark). Throws VulkanError if memory is exhausted.
std::vector<CheckedKernel> check_here(runtime::DeviceContext& context, const CheckJob& job,
                                      const CheckEvents& events);

/// What processes of their own have found.
struct ChildReport {
  std::vector<CheckedKernel> kernels = {};
  /// Messages of the validation layer.
  std::vector<std::string> validation_messages = {};
};

/// Does the job in processes of their own, so that a driver that crashes or hangs ends only such a
/// process. program: command line that starts a process which calls serve_check(). A kernel whose
/// process is killed has the result kCrashed. A kernel that reports nothing for a minute (or
/// $GFNET_CHECK_SECONDS) has the result kHung. The rest is then checked by a new process. Throws
/// UnsupportedError if no process can be started, if one ends before it has begun a kernel or finds
/// another device, or if somebody kills one; VulkanError if memory is exhausted in one.
ChildReport check_in_children(const std::vector<std::string>& program, const CheckJob& job,
                              const CheckEvents& events);

/// Whether the driver's query for matrix shapes works: tries it in a process of check_program()
/// once, and remembers the verdict in the user's cache folder. True if it cannot be tried. Software
/// drivers are not tried, unless GFNET_CHECK is "on". For vulkan::set_matrix_guard.
bool may_query_matrices(const vulkan::DeviceInfo& device);

/// Forgets whether the query works, so that it is tried again, in this process and others. For a
/// check that a user asks for: the driver may have been mended. Not thread-safe.
void try_matrix_query_again();
/// What this process has found out about the query. nullopt if it was not tried.
std::optional<CheckResult> tried_matrix_query(const vulkan::DeviceInfo& device);

/// Whether an earlier process has found the query for a device's matrix shapes to fail.
bool matrix_query_failed(const vulkan::DeviceInfo& device);
/// The name of the query in verdicts.
inline constexpr const char* kMatrixQuery = "query of matrix shapes";

/// The side of the child: reads a job from standard input, does it, and writes what happens to
/// standard output. Returns the process's exit status. When standard input ends, so does the
/// process, even if a driver hangs: nobody waits for it any more. It then leaves no mark, nor if
/// SIGHUP, SIGINT or SIGTERM ends it.
int serve_check();

/// The command line for check_in_children, which a program sets when it starts. Empty: checks run
/// in the program's own process.
std::vector<std::string>& check_program();

/// Adds what a problem showed about a kernel to a list that has one entry for each kernel.
void merge(std::vector<CheckedKernel>& kernels, const CheckedKernel& checked);

}  // namespace gfnet::selfcheck
