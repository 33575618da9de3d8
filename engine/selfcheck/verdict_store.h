#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "gfnet/check.h"
#include "kernels/switched_off.h"
#include "vulkan/device_cache_file.h"

namespace gfnet::selfcheck {

/// What a check has found out about a kernel.
struct Verdict {
  CheckResult result = CheckResult::kRight;
  /// The seed of the check's random data, and the problem that the kernel failed, for people and as
  /// ProblemSpec::text(): what repeats the failure. 0 and empty if there is no such check.
  std::uint32_t seed = 0;
  std::string sizes = {};
  std::string problem = {};
};

/// What is known about the kernels of a device: the verdict of each kernel's last check, by the
/// kernel's name (kernels/switched_off.h).
class Verdicts {
 public:
  void set(const std::string& kernel, Verdict verdict) { by_kernel_[kernel] = std::move(verdict); }
  /// nullptr if the kernel was not checked.
  const Verdict* find(std::string_view kernel) const;
  bool knows(std::string_view kernel) const { return by_kernel_.contains(kernel); }
  bool empty() const { return by_kernel_.empty(); }
  /// The kernels that were found not right.
  kernels::SwitchedOff switched_off() const;
  /// Adds the results of `other`, which replace older ones.
  void adopt(const Verdicts& other);

  /// As text, one line per kernel: "RESULT<tab>SEED<tab>SIZES<tab>PROBLEM<tab>KERNEL".
  std::string to_text() const;
  /// Parses the format of to_text(). nullopt if the text is malformed.
  static std::optional<Verdicts> from_text(std::string_view text);

 private:
  std::map<std::string, Verdict, std::less<>> by_kernel_;
};

/// The verdicts about one device, kept in a file between runs of the program (DeviceCacheFile).
class VerdictStore {
 public:
  /// directory: the folder for the file. If empty, nothing is kept on disk.
  VerdictStore(const vulkan::DeviceInfo& device, const std::filesystem::path& directory);

  const Verdicts& verdicts() const { return verdicts_; }
  /// Adds verdicts and writes the file. Verdicts that another process has written meanwhile are
  /// kept. Returns whether they are on the disk, or nothing is kept there. If not, the next run of
  /// the program checks again.
  bool remember(const Verdicts& verdicts);

 private:
  std::optional<Verdicts> read() const;

  vulkan::DeviceCacheFile file_;
  Verdicts verdicts_;
};

/// Remembers as crashed what the marks of processes that are gone speak against (fatal_kernels),
/// and logs a warning about it. When the verdicts are on the disk, removes these marks, and those
/// that say nothing. directory: that of the store.
void remember_fatal_kernels(VerdictStore& store, const vulkan::DeviceInfo& device,
                            const std::filesystem::path& directory);

}  // namespace gfnet::selfcheck
