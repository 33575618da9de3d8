#include "tuning/tuned_device.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <random>
#include <utility>

#include "base/log.h"
#include "gfnet/error.h"
#include "selfcheck/process/child_process.h"
#include "selfcheck/process/try_mark.h"
#include "system/paths.h"
#include "vulkan/vk.h"

namespace gfnet::tuning {
namespace {

/// " at 41×24×264 (gfnet check --seed 7 repeats it)". Empty if the verdict does not say.
std::string repetition(const selfcheck::Verdict& verdict) {
  if (verdict.sizes.empty()) return "";
  return fmt::format(" at {} (gfnet check --seed {} repeats it)", verdict.sizes, verdict.seed);
}

}  // namespace

TunedDevice::TunedDevice(const std::string& want, bool validation,
                         const std::filesystem::path& cache_directory, const Sharing& sharing)
    : DeviceContext(want, validation, cache_directory, sharing) {
  adopt_verdicts();
}

TunedDevice::TunedDevice(const AdoptedDevice& adopted) : DeviceContext(adopted), is_adopted_(true) {
  adopt_verdicts();
}

void TunedDevice::adopt_verdicts() {
  const selfcheck::CheckSetting setting = selfcheck::check_setting();
  static_cast<void>(selfcheck::time_limit());  // throws now rather than in the middle of a run
  const bool is_software = device().info().type == vulkan::DeviceType::kCpu;
  const bool is_off = setting == selfcheck::CheckSetting::kOff;
  checks_kernels_ = setting == selfcheck::CheckSetting::kOn || (!is_off && !is_software);
  if (is_off) return;
  selfcheck::remember_fatal_kernels(verdicts_, device().info(), cache_directory());
  switch_off(verdicts().switched_off());
  for (const std::string& name : facts().switched_off) {
    const selfcheck::Verdict& verdict = *verdicts().find(name);
    log(LogLevel::kInfo, fmt::format("{}: switched off: {}, which is {}{}", device().info().name,
                                     name, name_of(verdict.result), repetition(verdict)));
  }
}

bool TunedDevice::checks_here() const { return is_adopted_ || selfcheck::check_program().empty(); }

selfcheck::Verdicts TunedDevice::verdicts_of(const std::vector<CheckedKernel>& checked,
                                             std::uint32_t seed) const {
  selfcheck::Verdicts verdicts;
  for (const CheckedKernel& kernel : checked) {
    selfcheck::Verdict verdict{kernel.result};
    if (is_failure(kernel.result)) {
      verdict.seed = seed;
      verdict.sizes = selfcheck::one_line(kernel.sizes);
      const auto problem = failed_problems_.find(kernel.name);
      if (problem != failed_problems_.end()) verdict.problem = problem->second;
    }
    verdicts.set(kernel.name, std::move(verdict));
  }
  return verdicts;
}

std::vector<CheckedKernel> TunedDevice::run(selfcheck::CheckJob job,
                                            selfcheck::CheckEvents events) {
  job.device = device().info().index;
  job.device_key = selfcheck::device_key_of(device().info());
  job.validation = instance()->validation();
  job.cache_directory = system::text_of(cache_directory());
  std::string problem;
  events.on_problem = [&problem,
                       next = std::move(events.on_problem)](const selfcheck::ProblemSpec& begun) {
    problem = begun.text();
    if (next) next(begun);
  };
  events.on_end = [this, &problem, seed = job.seed,
                   next = std::move(events.on_end)](const CheckedKernel& done) {
    if (is_failure(done.result)) {
      failed_problems_[done.name] = problem;
      verdicts_.remember(verdicts_of({done}, seed));
    }
    if (next) next(done);
  };
  if (checks_here()) return selfcheck::check_here(*this, job, events);
  selfcheck::ChildReport report =
      selfcheck::check_in_children(selfcheck::check_program(), job, events);
  instance()->add_validation_messages(report.validation_messages);
  return std::move(report.kernels);
}

bool TunedDevice::check(const selfcheck::ProblemList& problems,
                        const std::set<std::string>& kernels) {
  selfcheck::CheckJob job;
  job.problems = problems;
  job.only = kernels;
  job.switched_off = facts().switched_off;
  job.seed = std::random_device{}();
  const std::uint32_t seed = job.seed;
  const auto on_begin = [&](const CheckedKernel& kernel) {
    log(LogLevel::kDebug, fmt::format("checking {}, {}", kernel.label, kernel.sizes));
  };
  log(LogLevel::kInfo, fmt::format("checking {} kernels", kernels.size()));
  std::vector<CheckedKernel> checked = run(std::move(job), {.on_begin = on_begin});
  std::set<std::string> found;
  // Of the device in this process.
  std::optional<CheckResult> loss;
  for (const CheckedKernel& kernel : checked) {
    if (!is_failure(kernel.result)) continue;
    found.insert(fmt::format("{} ({})", kernel.label, name_of(kernel.result)));
    const bool is_loss =
        kernel.result == CheckResult::kCrashed || kernel.result == CheckResult::kHung;
    if (checks_here() && is_loss) loss = kernel.result;
  }
  // Kernels that no problem covers are not asked for again.
  for (const std::string& name : kernels) {
    if (loss || std::ranges::find(checked, name, &CheckedKernel::name) != checked.end()) continue;
    log(LogLevel::kInfo, "not checked, because no problem covers it: " + name);
    checked.push_back({.name = name,
                       .label = name,
                       .result = CheckResult::kNotChecked,
                       .sizes = "",
                       .cause = ""});
  }
  remember(checked, seed);
  if (found.empty()) return false;
  const std::string list = fmt::format("{}", fmt::join(found, ", "));
  log(LogLevel::kWarning, fmt::format("{}: not right with this driver, and switched off: {}; gfnet "
                                      "check --seed {} gives a report",
                                      device().info().name, list, seed));
  if (loss == CheckResult::kHung) throw VulkanError("checking " + list, VK_TIMEOUT, "VK_TIMEOUT");
  if (loss) throw VulkanError("checking " + list, VK_ERROR_DEVICE_LOST, "VK_ERROR_DEVICE_LOST");
  return true;
}

void TunedDevice::remember(const std::vector<CheckedKernel>& checked, std::uint32_t seed) {
  if (verdicts_.remember(verdicts_of(checked, seed))) {
    std::set<std::string> names;
    for (const CheckedKernel& kernel : checked) names.insert(kernel.name);
    selfcheck::remove_marks(device().info(), cache_directory(), names);
  }
  switch_off(verdicts().switched_off());
}

}  // namespace gfnet::tuning
