// A check in processes of their own: the side of the parent.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <optional>
#include <utility>

#include "gfnet/error.h"
#include "selfcheck/check_job.h"
#include "selfcheck/process/child_process.h"
#include "vulkan/vk.h"

namespace gfnet::selfcheck {
namespace {

/// How many times as long a child may take between two kernels.
constexpr int kPatience = 10;

/// A check by one child after another.
class ChildCheck {
 public:
  ChildCheck(const std::vector<std::string>& program, CheckJob job, const CheckEvents& events)
      : program_(program), job_(std::move(job)), events_(events) {}

  ChildReport run() {
    while (run_child() == Progress::kLeft) {
    }
    return std::move(report_);
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
    take_result();
    drop_done();
  }

  void take_result() {
    merge(report_.kernels, *last_);
    if (is_failure(last_->result)) job_.switched_off.insert(last_->name);
    if (events_.on_end) events_.on_end(*last_);
  }

  /// Takes a line of the child.
  Progress take(const std::vector<std::string>& fields) {
    const std::string event = fields.size() > 1 ? fields[1] : "";
    if (event == "problem" && fields.size() == 3) {
      at_ = static_cast<std::size_t>(std::atoll(fields[2].c_str()));
      if (events_.on_problem) events_.on_problem(job_.problems.at(at_));
    } else if (event == "begin" && fields.size() == 5) {
      last_ = kernel_of(fields);
      is_running_ = true;
      if (events_.on_begin) events_.on_begin(*last_);
    } else if (event == "end" && fields.size() == 9) {
      last_ = kernel_of(fields);
      is_running_ = false;
      last_->result = static_cast<CheckResult>(std::atoi(fields[5].c_str()));
      last_->worst = std::atof(fields[6].c_str());
      last_->seconds = std::atof(fields[7].c_str());
      last_->cause = fields[8];
      take_result();
      last_->problems = 0;  // counted
    } else if (event == "validation" && fields.size() == 3) {
      report_.validation_messages.push_back(fields[2]);
    } else if (event == "lost") {
      drop_done();  // the kernel has its result
      return Progress::kLeft;
    } else if (event == "failed" && fields.size() == 4) {
      fail(std::atoi(fields[2].c_str()), fields[3]);
    } else if (event == "done") {
      return Progress::kDone;
    }
    return Progress::kRuns;
  }

  /// Throws the error that ended the child. result: of a Vulkan call, VK_SUCCESS if another error.
  [[noreturn]] static void fail(int result, const std::string& what) {
    if (result == VK_SUCCESS) throw UnsupportedError(what);
    const auto name = vulkan::result_name(static_cast<VkResult>(result));
    throw VulkanError(what, result, std::string(name));
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
  const CheckEvents& events_;
  ChildReport report_;
  /// The kernel that runs, or else the last one that has run.
  std::optional<CheckedKernel> last_;
  bool is_running_ = false;
  /// Index of the problem that is being checked.
  std::size_t at_ = 0;
};

}  // namespace

ChildReport check_in_children(const std::vector<std::string>& program, const CheckJob& job,
                              const CheckEvents& events) {
  return ChildCheck(program, job, events).run();
}

}  // namespace gfnet::selfcheck
