// A check in processes of their own: the side of the child.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "base/cache_dir.h"
#include "gfnet/error.h"
#include "selfcheck/check_job.h"
#include "selfcheck/device_check.h"
#include "selfcheck/process/child_process.h"
#include "vulkan/instance.h"
#include "vulkan/query/query_device.h"

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

/// Ends the process when the parent ends. A thread of its own, because a driver may hang.
void end_with_parent() {
  std::thread([] {
    for (;;) {
      char byte = 0;
      const ssize_t count = read(STDIN_FILENO, &byte, 1);
      if (count == 0 || (count < 0 && errno != EINTR)) _exit(1);
    }
  }).detach();
}

void query_matrices(const CheckJob& job) {
  std::optional<TryMark> mark;
  vulkan::set_matrix_guard([&](const vulkan::DeviceInfo& device) {
    if (device_key_of(device) != job.device_key) return false;
    mark.emplace(device, cache_directory(), /*is_watched=*/true);
    mark->begin(kMatrixQuery);
    return true;
  });
  say("query");
  const vulkan::Instance instance;
  mark.reset();
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

void check_kernels(const CheckJob& job) {
  vulkan::set_matrix_guard(
      [](const vulkan::DeviceInfo& device) { return !matrix_query_failed(device); });
  runtime::DeviceContext context(std::to_string(job.device), job.validation, job.cache_directory);
  const vulkan::DeviceInfo& found = context.device().info();
  if (device_key_of(found) != job.device_key) {
    throw Error(fmt::format(
        "check: device {} of a process of its own is {}, not the device that is to be checked; "
        "GFNET_CHECK=off skips the check",
        job.device, found.name));
  }
  kernels::DeviceFacts facts = context.facts();
  facts.switched_off = job.switched_off;
  std::optional<TryMark> mark(std::in_place, found, context.cache_directory(),
                              /*is_watched=*/true);
  DeviceCheck check(context, std::move(facts),
                    {.only = job.only,
                     .seed = job.seed,
                     .events = marking(*mark, {.on_begin = say_begin, .on_end = say_end})});
  for (std::size_t i = 0; i < job.problems.size(); ++i) {
    say("problem", i);
    const bool goes_on = check.run(job.problems[i]);
    say_validation(*context.instance());
    if (!goes_on) {
      mark.reset();
      say("lost");
      return;
    }
  }
  context.save_pipelines();
  mark.reset();
  say("done");  // the parent ends this process after this line
}

}  // namespace

int serve_check() {
  const auto job = CheckJob::from_text(read_job());
  if (!job) return 2;
  end_with_parent();
  try {
    job->queries_matrices ? query_matrices(*job) : check_kernels(*job);
  } catch (const std::exception& error) {
    say("failed", one_line(error.what()));
  }
  return 0;
}

}  // namespace gfnet::selfcheck
