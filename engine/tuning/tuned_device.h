#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gfnet/check.h"
#include "runtime/device_context.h"
#include "selfcheck/check_job.h"
#include "selfcheck/problem_list.h"
#include "selfcheck/verdict_store.h"
#include "tuning/choice_store.h"

namespace gfnet::tuning {

/// A device, together with the choices that were measured on it and the verdicts about its kernels.
/// Kernels that were found wrong are switched off from the start.
class TunedDevice : public runtime::DeviceContext {
 public:
  TunedDevice(const std::string& want, bool validation,
              const std::filesystem::path& cache_directory, const Sharing& sharing = {});
  explicit TunedDevice(const AdoptedDevice& adopted);

  /// The candidates that were measured to be fastest on this device.
  const kernels::MeasuredChoices& choices() const { return store_.choices(); }
  /// Adds newly measured choices; see ChoiceStore::remember.
  void remember(kernels::MeasuredChoices choices) { store_.remember(std::move(choices)); }

  /// Whether kernels are checked before a plan uses them: on GPUs, and with GFNET_CHECK=on on
  /// software drivers too. With GFNET_CHECK=off they are not, and earlier verdicts do not count.
  bool checks_kernels() const { return checks_kernels_; }
  const selfcheck::Verdicts& verdicts() const { return verdicts_.verdicts(); }
  /// Does a job on this device: in processes of its own if the program has given a command for them
  /// (set_check_program) and has not made the device itself, else in this one. Fills in what the
  /// job says of the device and job.cache_directory. What is not right is remembered at once, so
  /// that it is known even if the check does not come to its end. Validation messages of the
  /// processes are added to those of this device's instance. Throws what selfcheck::check_here and
  /// check_in_children throw.
  std::vector<CheckedKernel> run(selfcheck::CheckJob job, selfcheck::CheckEvents events);
  /// Checks kernels (run). Remembers the verdicts, switches off what is not right, and logs one
  /// warning about it. Kernels that no problem covers are not checked; that is remembered, too.
  /// Returns whether anything was switched off. Throws VulkanError if the device is lost or
  /// hangs in this process.
  bool check(const selfcheck::ProblemList& problems, const std::set<std::string>& kernels);
  /// Remembers what a check with this seed has found, and switches off what is not right.
  void remember(const std::vector<CheckedKernel>& checked, std::uint32_t seed);

 private:
  void adopt_verdicts();
  bool checks_here() const;
  selfcheck::Verdicts verdicts_of(const std::vector<CheckedKernel>& checked,
                                  std::uint32_t seed) const;

  ChoiceStore store_{device().info(), cache_directory()};
  selfcheck::VerdictStore verdicts_{device().info(), cache_directory()};
  /// Whether a program has made the device: no other process can open it by its index.
  bool is_adopted_ = false;
  bool checks_kernels_ = false;
  /// For each kernel that run() has found not right, the problem that it failed last.
  std::map<std::string, std::string> failed_problems_;
};

}  // namespace gfnet::tuning
