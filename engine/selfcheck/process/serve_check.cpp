// A check in processes of their own: the side of the child.
#include <algorithm>
#include <iostream>
#include <iterator>
#include <string>

#include "selfcheck/check_job.h"
#include "selfcheck/device_check.h"
#include "selfcheck/process/child_process.h"
#include "vulkan/device_key.h"
#include "vulkan/instance.h"
#include "vulkan/query/query_device.h"

namespace gfnet::selfcheck {
namespace {

/// Text without the characters that separate fields and lines.
std::string field(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return c == '\t' || c == '\n'; }, ' ');
  return text;
}

template <typename... Fields>
void say(const Fields&... fields) {
  std::cout << kMark;
  ((std::cout << '\t' << fields), ...);
  std::cout << std::endl;
}

}  // namespace

int serve_check() {
  const std::string text(std::istreambuf_iterator<char>(std::cin), {});
  const auto job = CheckJob::from_text(text);
  if (!job) return 2;
  try {
    if (!job->query.empty()) {
      vulkan::set_matrix_guard([&](const vulkan::DeviceInfo& device) {
        return vulkan::device_key(device) == job->query;
      });
      say("query");
      const vulkan::Instance instance;
      say("done");
      return 0;
    }
    vulkan::set_matrix_guard(
        [](const vulkan::DeviceInfo& device) { return !matrix_query_failed(device); });
    runtime::DeviceContext context(std::to_string(job->device), /*validation=*/false,
                                   job->cache_directory);
    kernels::DeviceFacts facts = context.facts();
    facts.switched_off = job->switched_off;
    const auto name = [](const CheckedKernel& kernel) { return field(kernel.name); };
    DeviceCheck check(context, std::move(facts),
                      {.only = job->only,
                       .seed = job->seed,
                       .on_begin =
                           [&](const CheckedKernel& kernel) {
                             say("begin", name(kernel), field(kernel.label), field(kernel.sizes));
                           },
                       .on_end =
                           [&](const CheckedKernel& kernel) {
                             say("end", name(kernel), field(kernel.label), field(kernel.sizes),
                                 static_cast<int>(kernel.result), kernel.worst, kernel.seconds,
                                 field(kernel.cause));
                           }});
    for (std::size_t i = 0; i < job->problems.size(); ++i) {
      say("problem", i);
      if (!check.run(job->problems[i])) {
        say("lost");
        return 0;
      }
    }
    context.save_pipelines();  // the parent ends this process after the last line
    say("done");
  } catch (const std::exception& error) {
    say("failed", field(error.what()));
  }
  return 0;
}

}  // namespace gfnet::selfcheck
