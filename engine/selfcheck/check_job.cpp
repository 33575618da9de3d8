#include "selfcheck/check_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/utf8.h"
#include "gfnet/error.h"
#include "selfcheck/device_check.h"
#include "system/variables.h"
#include "vulkan/device_key.h"

namespace gfnet::selfcheck {
namespace {

std::optional<std::uint32_t> number_of(std::string_view text) {
  std::uint32_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [read, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || read != end) return std::nullopt;
  return number;
}

}  // namespace

CheckEvents marking(TryMark& mark, CheckEvents events) {
  return {.on_problem = std::move(events.on_problem),
          .on_begin =
              [&mark, next = events.on_begin](const CheckedKernel& kernel) {
                if (next) next(kernel);
                mark.begin(kernel.name);
              },
          .on_end =
              [&mark, next = events.on_end](const CheckedKernel& kernel) {
                if (next) next(kernel);
                mark.end();  // now that the result is known elsewhere
              }};
}

std::string CheckJob::to_text() const {
  std::string text = fmt::format("device\t{}\nkey\t{}\ncache\t{}\nseed\t{}\n", device, device_key,
                                 cache_directory, seed);
  if (validation) text += "validation\t\n";
  if (queries_matrices) text += "query\t\n";
  for (const std::string& name : switched_off) text += "off\t" + name + '\n';
  if (only) {
    text += "some\t\n";
    for (const std::string& name : *only) text += "only\t" + name + '\n';
  }
  for (const ProblemSpec& problem : problems) text += "problem\t" + problem.text() + '\n';
  return text + std::string(kEnd) + '\n';
}

std::optional<CheckJob> CheckJob::from_text(std::string_view text) {
  CheckJob job;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line == kEnd) return job;
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos) return std::nullopt;
    const std::string_view key = line.substr(0, tab);
    const std::string_view value = line.substr(tab + 1);
    if (key == "device" || key == "seed") {
      const auto number = number_of(value);
      if (!number) return std::nullopt;
      (key == "device" ? job.device : job.seed) = *number;
    } else if (key == "cache") {
      job.cache_directory = value;
    } else if (key == "key") {
      job.device_key = value;
    } else if (key == "validation") {
      job.validation = true;
    } else if (key == "query") {
      job.queries_matrices = true;
    } else if (key == "off") {
      job.switched_off.insert(std::string(value));
    } else if (key == "some") {
      job.only.emplace();
    } else if (key == "only" && job.only) {
      job.only->insert(std::string(value));
    } else if (key == "problem") {
      const auto problem = ProblemSpec::from_text(value);
      if (!problem) return std::nullopt;
      job.problems.push_back(*problem);
    } else {
      return std::nullopt;
    }
  }
  return std::nullopt;  // not the whole job
}

std::string one_line(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return c == '\t' || c == '\n'; }, ' ');
  return text;
}

std::string device_key_of(const vulkan::DeviceInfo& device) {
  return one_line(vulkan::device_key(device));
}

std::vector<CheckedKernel> check_here(runtime::DeviceContext& context, const CheckJob& job,
                                      const CheckEvents& events) {
  kernels::DeviceFacts facts = context.facts();
  facts.switched_off = job.switched_off;
  TryMark mark(context.device().info(), context.cache_directory(), /*is_watched=*/false);
  DeviceCheck check(context, std::move(facts),
                    {.only = job.only, .seed = job.seed, .events = marking(mark, events)});
  for (const ProblemSpec& problem : job.problems) {
    if (events.on_problem) events.on_problem(problem);
    if (!check.run(problem)) break;
  }
  return check.kernels();
}

CheckSetting check_setting() {
  const std::string setting = system::variable("GFNET_CHECK").value_or("");
  if (setting.empty()) return CheckSetting::kAuto;
  if (setting == "on") return CheckSetting::kOn;
  if (setting == "off") return CheckSetting::kOff;
  throw ArgumentError(
      fmt::format("GFNET_CHECK is '{}'; it must be 'on', 'off' or empty", printable(setting)));
}

std::vector<std::string>& check_program() {
  static std::vector<std::string> program;
  return program;
}

void merge(std::vector<CheckedKernel>& kernels, const CheckedKernel& checked) {
  const auto found = std::ranges::find(kernels, checked.name, &CheckedKernel::name);
  if (found == kernels.end()) {
    kernels.push_back(checked);
    return;
  }
  found->problems += checked.problems;
  found->seconds += checked.seconds;
  const bool failed = is_failure(checked.result);
  if (checked.worst > found->worst || failed) found->sizes = checked.sizes;
  found->worst = std::max(found->worst, checked.worst);
  if (failed && found->result == CheckResult::kRight) {
    found->result = checked.result;
    found->cause = checked.cause;
  }
}

}  // namespace gfnet::selfcheck
