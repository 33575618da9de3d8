#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gfnet/check.h"
#include "kernels/switched_off.h"
#include "vulkan/device_cache_file.h"

namespace gfnet::selfcheck {

/// What is known about the kernels of a device: the result of each kernel's last check, by the
/// kernel's name (kernels/switched_off.h).
class Verdicts {
 public:
  void set(const std::string& kernel, CheckResult result) { by_kernel_[kernel] = result; }
  bool knows(std::string_view kernel) const { return by_kernel_.contains(kernel); }
  bool empty() const { return by_kernel_.empty(); }
  /// The kernels whose result is not kRight.
  kernels::SwitchedOff switched_off() const;
  /// Adds the results of `other`, which replace older ones.
  void adopt(const Verdicts& other);

  /// As text, one line per kernel: "RESULT<tab>KERNEL".
  std::string to_text() const;
  /// Parses the format of to_text(). nullopt if the text is malformed.
  static std::optional<Verdicts> from_text(std::string_view text);

 private:
  std::map<std::string, CheckResult, std::less<>> by_kernel_;
};

/// The verdicts about one device, kept in a file between runs of the program (DeviceCacheFile).
class VerdictStore {
 public:
  /// directory: the folder for the file. If empty, nothing is kept on disk.
  VerdictStore(const vulkan::DeviceInfo& device, const std::filesystem::path& directory);

  const Verdicts& verdicts() const { return verdicts_; }
  /// Adds verdicts and writes the file. Verdicts that another process has written meanwhile are
  /// kept. If the file cannot be written, the next run of the program checks again.
  void remember(const Verdicts& verdicts);

 private:
  std::optional<Verdicts> read() const;

  vulkan::DeviceCacheFile file_;
  Verdicts verdicts_;
};

}  // namespace gfnet::selfcheck
