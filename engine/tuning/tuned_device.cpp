#include "tuning/tuned_device.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "base/log.h"
#include "gfnet/error.h"
#include "vulkan/vk.h"

namespace gfnet::tuning {

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
  const bool is_software = device().info().type == vulkan::DeviceType::kCpu;
  const bool is_off = setting == selfcheck::CheckSetting::kOff;
  checks_kernels_ = setting == selfcheck::CheckSetting::kOn || (!is_off && !is_software);
  if (!is_off) switch_off(verdicts().switched_off());
}

bool TunedDevice::checks_here() const { return is_adopted_ || selfcheck::check_program().empty(); }

std::vector<CheckedKernel> TunedDevice::run(selfcheck::CheckJob job,
                                            const selfcheck::OnBegin& on_begin) {
  job.device = device().info().index;
  job.cache_directory = cache_directory().string();
  job.seed = std::random_device{}();
  return checks_here() ? selfcheck::check_here(*this, job, on_begin)
                       : selfcheck::check_in_children(selfcheck::check_program(), job, on_begin);
}

bool TunedDevice::check(const selfcheck::ProblemList& problems,
                        const std::set<std::string>& kernels) {
  selfcheck::CheckJob job;
  job.problems = problems;
  job.only = kernels;
  job.switched_off = facts().switched_off;
  const auto on_begin = [&](const CheckedKernel& kernel) {
    log(LogLevel::kDebug, fmt::format("checking {}, {}", kernel.label, kernel.sizes));
  };
  log(LogLevel::kInfo, fmt::format("checking {} kernels", kernels.size()));
  std::vector<CheckedKernel> checked = run(std::move(job), on_begin);
  std::set<std::string> found;
  bool is_lost = false;
  for (const CheckedKernel& kernel : checked) {
    if (kernel.result == CheckResult::kRight) continue;
    found.insert(fmt::format("{} ({})", kernel.label, name_of(kernel.result)));
    is_lost = is_lost || (checks_here() && kernel.result == CheckResult::kCrashed);
  }
  // Kernels that no problem covers are not asked for again.
  for (const std::string& name : kernels) {
    if (is_lost || std::ranges::find(checked, name, &CheckedKernel::name) != checked.end())
      continue;
    log(LogLevel::kDebug, "not checked: " + name);
    checked.push_back({.name = name, .label = name, .sizes = "", .cause = ""});
  }
  remember(checked);
  if (found.empty()) return false;
  const std::string list = fmt::format("{}", fmt::join(found, ", "));
  log(LogLevel::kWarning,
      fmt::format(
          "{}: not right with this driver, and switched off: {}; gfnet check gives a report",
          device().info().name, list));
  if (is_lost) throw VulkanError("checking " + list, VK_ERROR_DEVICE_LOST, "VK_ERROR_DEVICE_LOST");
  return true;
}

void TunedDevice::remember(const std::vector<CheckedKernel>& checked) {
  selfcheck::Verdicts verdicts;
  for (const CheckedKernel& kernel : checked) verdicts.set(kernel.name, kernel.result);
  verdicts_.remember(verdicts);
  switch_off(this->verdicts().switched_off());
}

}  // namespace gfnet::tuning
