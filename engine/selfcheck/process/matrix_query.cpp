// A driver's query for matrix shapes, tried in a process of its own.
#include <fmt/format.h>

#include <chrono>
#include <map>
#include <mutex>

#include "base/environment.h"
#include "base/log.h"
#include "gfnet/error.h"
#include "selfcheck/check_job.h"
#include "selfcheck/process/child_process.h"
#include "selfcheck/verdict_store.h"
#include "vulkan/device_key.h"

namespace gfnet::selfcheck {
namespace {

/// Queries the matrix shapes of a device in a child. nullopt if the child ended before the query or
/// found another fault: that says nothing about the query. Throws UnsupportedError if no child can
/// be started.
std::optional<CheckResult> query_in_child(const vulkan::DeviceInfo& device) {
  CheckJob job;
  job.device_key = device_key_of(device);
  job.queries_matrices = true;
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

/// What is known about the queries of the devices, each by its vulkan::device_key.
class Queries {
 public:
  static Queries& all() {
    static Queries queries;
    return queries;
  }

  /// The result for a device, tried if it is not known. nullopt if it cannot be tried.
  std::optional<CheckResult> result(const vulkan::DeviceInfo& device) {
    const std::lock_guard lock(mutex_);
    const auto [entry, is_new] = by_device_.try_emplace(vulkan::device_key(device));
    if (is_new) entry->second = find_out(device);
    return entry->second;
  }
  std::optional<CheckResult> known(const vulkan::DeviceInfo& device) {
    const std::lock_guard lock(mutex_);
    const auto found = by_device_.find(vulkan::device_key(device));
    return found == by_device_.end() ? std::nullopt : found->second;
  }
  void forget() {
    const std::lock_guard lock(mutex_);
    by_device_.clear();
    uses_verdicts_ = false;
  }

 private:
  std::optional<CheckResult> find_out(const vulkan::DeviceInfo& device) {
    VerdictStore store(device, cache_directory());
    remember_fatal_kernels(store, device, cache_directory());
    const Verdict* const verdict = store.verdicts().find(kMatrixQuery);
    if (uses_verdicts_ && verdict != nullptr) return verdict->result;
    std::optional<CheckResult> result;
    try {
      result = query_in_child(device);
    } catch (const Error& error) {
      log(LogLevel::kWarning, error.what());
    }
    if (!result) {
      log(LogLevel::kInfo, fmt::format("{}: the driver's {} is not tried in a process of its own",
                                       device.name, kMatrixQuery));
      return std::nullopt;
    }
    Verdicts found;
    found.set(kMatrixQuery, {*result});
    store.remember(found);
    if (is_failure(*result)) {
      log(LogLevel::kWarning,
          fmt::format("{}: the driver's {} {}; the matrix units of this device are not used",
                      device.name, kMatrixQuery, name_of(*result)));
    }
    return result;
  }

  std::mutex mutex_;
  /// Tried once in a process, even where nothing can be remembered.
  std::map<std::string, std::optional<CheckResult>> by_device_;
  /// Whether an earlier verdict counts.
  bool uses_verdicts_ = true;
};

}  // namespace

bool may_query_matrices(const vulkan::DeviceInfo& device) {
  const CheckSetting setting = check_setting();
  const bool is_software = device.type == vulkan::DeviceType::kCpu;
  if (check_program().empty() || setting == CheckSetting::kOff ||
      (is_software && setting != CheckSetting::kOn)) {
    return true;
  }
  const std::optional<CheckResult> result = Queries::all().result(device);
  return !result || !is_failure(*result);
}

void try_matrix_query_again() { Queries::all().forget(); }

std::optional<CheckResult> tried_matrix_query(const vulkan::DeviceInfo& device) {
  return Queries::all().known(device);
}

bool matrix_query_failed(const vulkan::DeviceInfo& device) {
  return VerdictStore(device, cache_directory()).verdicts().switched_off().contains(kMatrixQuery);
}

}  // namespace gfnet::selfcheck
