// A check in processes of their own: the side of the child.
#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "base/environment.h"
#include "gfnet/error.h"
#include "selfcheck/check_job.h"
#include "selfcheck/device_check.h"
#include "selfcheck/process/child_process.h"
#include "system/end_signs.h"
#include "system/paths.h"
#include "vulkan/instance.h"
#include "vulkan/query/query_device.h"
#include "vulkan/vk.h"

namespace gfnet::selfcheck {
namespace {

template <typename... Fields>
void say(const Fields&... fields) {
  std::cout << kMark;
  ((std::cout << '\t' << fields), ...);
  std::cout << std::endl;
}

/// The job on standard input, which stays open as long as the parent lives.
std::string read_job() {
  std::string text;
  for (std::string line; std::getline(std::cin, line);) {
    text += line + '\n';
    if (line == CheckJob::kEnd) break;
  }
  return text;
}

/// The mark of what this process tries. It goes when the process is told to end: the kernel is not
/// the reason.
class OwnMark {
 public:
  void make(const vulkan::DeviceInfo& device, const std::filesystem::path& directory) {
    const std::lock_guard lock(mutex_);
    mark_.emplace(device, directory, /*is_watched=*/true);
  }
  TryMark& get() { return *mark_; }
  /// Removes the mark: the process has survived.
  void remove() {
    const std::lock_guard lock(mutex_);
    mark_.reset();
  }
  /// Removes the mark, and ends the process as the sign says. To be called in another thread than
  /// the rest, because a driver may hang.
  [[noreturn]] void end_process(int sign) {
    const std::lock_guard lock(mutex_);  // until the end: no other mark is made
    if (mark_) mark_->abandon();
    system::end_by_sign(sign);
  }

 private:
  std::mutex mutex_;
  std::optional<TryMark> mark_;
};

/// Ends the process when the parent ends, or when a signal asks for it, as at the shutdown of a
/// machine. Must be called before other threads start.
void end_when_told(const std::shared_ptr<OwnMark>& mark) {
  const system::EndSigns signs;
  std::thread([mark, signs] { mark->end_process(signs.wait()); }).detach();
}

void query_matrices(const CheckJob& job, OwnMark& mark) {
  vulkan::set_matrix_guard([&](const vulkan::DeviceInfo& device) {
    if (device_key_of(device) != job.device_key) return false;
    mark.make(device, cache_directory());
    mark.get().begin(kMatrixQuery);
    return true;
  });
  say("query");
  const vulkan::Instance instance;
  mark.remove();
  say("done");
}

void say_begin(const CheckedKernel& kernel) {
  say("begin", one_line(kernel.name), one_line(kernel.label), one_line(kernel.sizes));
}

void say_end(const CheckedKernel& kernel) {
  say("end", one_line(kernel.name), one_line(kernel.label), one_line(kernel.sizes),
      static_cast<int>(kernel.result), kernel.worst, kernel.seconds, one_line(kernel.cause));
}

/// Tells the parent what the validation layer has said meanwhile.
void say_validation(vulkan::Instance& instance) {
  for (std::string& text : instance.take_validation_messages()) {
    say("validation", one_line(std::move(text)));
  }
}

void check_kernels(const CheckJob& job, OwnMark& mark) {
  vulkan::set_matrix_guard(
      [](const vulkan::DeviceInfo& device) { return !matrix_query_failed(device); });
  runtime::DeviceContext context(std::to_string(job.device), job.validation,
                                 system::path_of(job.cache_directory));
  const vulkan::DeviceInfo& found = context.device().info();
  if (device_key_of(found) != job.device_key) {
    throw UnsupportedError(fmt::format(
        "check: device {} of a process of its own is {}, not the device that is to be checked; "
        "GFNET_CHECK=off skips the check",
        job.device, found.name));
  }
  kernels::DeviceFacts facts = context.facts();
  facts.switched_off = job.switched_off;
  mark.make(found, context.cache_directory());
  DeviceCheck check(context, std::move(facts),
                    {.only = job.only,
                     .seed = job.seed,
                     .events = marking(mark.get(), {.on_begin = say_begin, .on_end = say_end})});
  for (std::size_t i = 0; i < job.problems.size(); ++i) {
    say("problem", i);
    const bool goes_on = check.run(job.problems[i]);
    say_validation(*context.instance());
    if (!goes_on) {
      mark.remove();
      say("lost");
      return;
    }
  }
  context.save_pipelines();
  mark.remove();
  say("done");  // the parent ends this process after this line
}

/// Tells the parent which Vulkan call failed, and its result.
void say_failed(const VulkanError& error) {
  const std::string what = error.what();
  const std::string_view name = vulkan::result_name(static_cast<VkResult>(error.result()));
  say("failed", error.result(),
      one_line(what.substr(0, what.find(fmt::format(" failed: {}", name)))));
}

}  // namespace

int serve_check() {
  const auto job = CheckJob::from_text(read_job());
  if (!job) return 2;
  const auto mark = std::make_shared<OwnMark>();
  end_when_told(mark);
  try {
    job->queries_matrices ? query_matrices(*job, *mark) : check_kernels(*job, *mark);
  } catch (const VulkanError& error) {
    mark->remove();
    say_failed(error);
  } catch (const std::exception& error) {
    mark->remove();
    say("failed", VK_SUCCESS, one_line(error.what()));
  }
  return 0;
}

}  // namespace gfnet::selfcheck
