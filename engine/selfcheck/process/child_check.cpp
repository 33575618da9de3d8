// A check in processes of their own: the side of the parent.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "base/cache_dir.h"
#include "base/log.h"
#include "gfnet/error.h"
#include "selfcheck/check_job.h"
#include "selfcheck/process/child_process.h"
#include "selfcheck/verdict_store.h"
#include "vulkan/device_key.h"

namespace gfnet::selfcheck {
namespace {

constexpr int kUsualSeconds = 60;
/// How many times as long a child may take between two kernels.
constexpr int kPatience = 10;

/// Seconds without a line after which a kernel hangs.
int time_limit() {
  const char* const given = std::getenv("GFNET_CHECK_SECONDS");
  const int seconds = given == nullptr ? 0 : std::atoi(given);
  return seconds > 0 ? seconds : kUsualSeconds;
}

std::vector<std::string> fields_of(std::string_view line) {
  std::vector<std::string> fields;
  for (std::size_t tab = line.find('\t'); tab != std::string_view::npos; tab = line.find('\t')) {
    fields.emplace_back(line.substr(0, tab));
    line.remove_prefix(tab + 1);
  }
  fields.emplace_back(line);
  return fields;
}

/// A check by one child after another.
class ChildCheck {
 public:
  ChildCheck(const std::vector<std::string>& program, CheckJob job, const OnBegin& on_begin)
      : program_(program), job_(std::move(job)), on_begin_(on_begin) {}

  std::vector<CheckedKernel> run() {
    while (run_child() == Progress::kLeft) {
    }
    return std::move(kernels_);
  }

 private:
  /// kRuns: the child goes on. kLeft: it has ended, and a next one has something to do.
  enum class Progress { kRuns, kLeft, kDone };

  Progress run_child() {
    ChildProcess child(program_, job_.to_text());
    last_.reset();
    is_running_ = false;
    at_ = 0;
    for (;;) {
      // Between kernels the child computes what is right, which takes long on a slow processor.
      const int seconds = is_running_ ? time_limit() : kPatience * time_limit();
      std::string line;
      const ChildProcess::Read read =
          child.read_line(line, std::chrono::steady_clock::now() + std::chrono::seconds(seconds));
      if (read != ChildProcess::Read::kLine) {
        take_end(child, read == ChildProcess::Read::kTimeout);
        return Progress::kLeft;
      }
      const Progress progress = take(fields_of(line));
      if (progress != Progress::kRuns) return progress;
    }
  }

  /// Takes the end of a child that had more to do.
  void take_end(ChildProcess& child, bool is_hung) {
    const std::string how = child.end(is_hung);
    if (!last_) fail_check(how + " before a kernel ran");
    if (is_hung && !is_running_) fail_check("no kernel runs, and the process does not go on");
    last_->result = is_hung ? CheckResult::kHung : CheckResult::kCrashed;
    last_->cause = is_hung ? fmt::format("no result within {} s", time_limit()) : how;
    merge(kernels_, *last_);
    job_.switched_off.insert(last_->name);
    drop_done();
  }

  /// Takes a line of the child.
  Progress take(const std::vector<std::string>& fields) {
    const std::string event = fields.size() > 1 ? fields[1] : "";
    if (event == "problem" && fields.size() == 3) {
      at_ = static_cast<std::size_t>(std::atoll(fields[2].c_str()));
    } else if (event == "begin" && fields.size() == 5) {
      last_ = kernel_of(fields);
      is_running_ = true;
      if (on_begin_) on_begin_(*last_);
    } else if (event == "end" && fields.size() == 9) {
      last_ = kernel_of(fields);
      is_running_ = false;
      last_->result = static_cast<CheckResult>(std::atoi(fields[5].c_str()));
      last_->worst = std::atof(fields[6].c_str());
      last_->seconds = std::atof(fields[7].c_str());
      last_->cause = fields[8];
      merge(kernels_, *last_);
      if (last_->result != CheckResult::kRight) job_.switched_off.insert(last_->name);
      last_->problems = 0;  // counted
    } else if (event == "lost") {
      drop_done();  // the kernel has its result
      return Progress::kLeft;
    } else if (event == "failed" && fields.size() == 3) {
      throw Error(fields[2]);
    } else if (event == "done") {
      return Progress::kDone;
    }
    return Progress::kRuns;
  }

  /// Leaves the problem that was being checked and those after it.
  void drop_done() {
    job_.problems.erase(job_.problems.begin(),
                        job_.problems.begin() + static_cast<std::ptrdiff_t>(at_));
  }

  static CheckedKernel kernel_of(const std::vector<std::string>& fields) {
    CheckedKernel kernel;
    kernel.name = fields[2];
    kernel.label = fields[3];
    kernel.sizes = fields[4];
    kernel.problems = 1;
    return kernel;
  }

  const std::vector<std::string>& program_;
  CheckJob job_;
  const OnBegin& on_begin_;
  std::vector<CheckedKernel> kernels_;
  /// The kernel that runs, or else the last one that has run.
  std::optional<CheckedKernel> last_;
  bool is_running_ = false;
  /// Index of the problem that is being checked.
  std::size_t at_ = 0;
};

/// Queries the matrix shapes of a device in a child. nullopt if the child ended before the query or
/// found another fault: that says nothing about the query. Throws Error if no child can be started.
std::optional<CheckResult> try_matrix_query(const vulkan::DeviceInfo& device) {
  CheckJob job;
  job.query = vulkan::device_key(device);
  ChildProcess child(check_program(), job.to_text());
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(time_limit());
  bool has_begun = false;
  for (;;) {
    std::string line;
    const ChildProcess::Read read = child.read_line(line, deadline);
    if (!has_begun && read != ChildProcess::Read::kLine) return std::nullopt;
    if (read == ChildProcess::Read::kTimeout) return CheckResult::kHung;
    if (read == ChildProcess::Read::kEnd) {
      child.end(false);
      return CheckResult::kCrashed;
    }
    const std::vector<std::string> fields = fields_of(line);
    const std::string event = fields.size() > 1 ? fields[1] : "";
    if (event == "query") has_begun = true;
    if (event == "done") return CheckResult::kRight;
    if (event == "failed") return std::nullopt;
  }
}

/// Whether the query works, as far as it is known or can be tried.
bool try_query_and_remember(const vulkan::DeviceInfo& device) {
  VerdictStore store(device, cache_directory());
  if (store.verdicts().knows(kMatrixQuery)) {
    return !store.verdicts().switched_off().contains(kMatrixQuery);
  }
  std::optional<CheckResult> result;
  try {
    result = try_matrix_query(device);
  } catch (const Error& error) {
    log(LogLevel::kWarning, error.what());
  }
  if (!result) {
    log(LogLevel::kInfo, fmt::format("{}: the driver's {} is not tried in a process of its own",
                                     device.name, kMatrixQuery));
    return true;
  }
  Verdicts verdicts;
  verdicts.set(kMatrixQuery, *result);
  store.remember(verdicts);
  if (*result == CheckResult::kRight) return true;
  log(LogLevel::kWarning,
      fmt::format("{}: the driver's {} {}; the matrix units of this device are not used",
                  device.name, kMatrixQuery, name_of(*result)));
  return false;
}

}  // namespace

std::vector<CheckedKernel> check_in_children(const std::vector<std::string>& program,
                                             const CheckJob& job, const OnBegin& on_begin) {
  return ChildCheck(program, job, on_begin).run();
}

bool may_query_matrices(const vulkan::DeviceInfo& device) {
  const CheckSetting setting = check_setting();
  const bool is_software = device.type == vulkan::DeviceType::kCpu;
  if (check_program().empty() || setting == CheckSetting::kOff ||
      (is_software && setting != CheckSetting::kOn)) {
    return true;
  }
  // Once in a process, even where nothing can be remembered.
  static std::mutex mutex;
  static std::map<std::string, bool> known;
  const std::lock_guard lock(mutex);
  const auto [entry, is_new] = known.try_emplace(vulkan::device_key(device), true);
  if (is_new) entry->second = try_query_and_remember(device);
  return entry->second;
}

bool matrix_query_failed(const vulkan::DeviceInfo& device) {
  return VerdictStore(device, cache_directory()).verdicts().switched_off().contains(kMatrixQuery);
}

}  // namespace gfnet::selfcheck
