#pragma once

#include <filesystem>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "base/specialization.h"
#include "vulkan/device.h"
#include "vulkan/device_cache_file.h"

namespace gfnet::vulkan {

/// Has a driver compile kernels before they first run.
///
/// Mesa's software driver, lavapipe, does not compile a kernel when its pipeline is made, but when
/// the kernel is first dispatched, and a device runs one dispatch after the other. So a network's
/// kernels would be compiled one by one, on one core. compile() has them compiled on all cores: on
/// further logical devices, one for each core, which dispatch each kernel with no workgroups. The
/// device itself finds the code in the driver's cache on disk. With other drivers, and for an
/// adopted device, beside which the engine makes no others, compile() does nothing.
///
/// A file in the cache directory keeps which kernels the driver has compiled, so that a later
/// process makes no further devices for them.
class CompileAhead {
 public:
  /// The name of an embedded shader, and the values of its specialisation constants.
  using Kernel = std::pair<std::string, Specialization>;

  /// device must outlive the object. directory: the cache directory. If it is empty, the driver
  /// most likely has no cache either, and compile() does nothing.
  CompileAhead(const Device& device, const std::filesystem::path& directory);

  /// Compiles those of the kernels that were not compiled before, and returns when all are. What
  /// fails is logged; the driver then compiles the kernel when it runs.
  void compile(std::span<const Kernel> kernels);

 private:
  const Device& device_;
  DeviceCacheFile file_;
  bool is_needed_ = false;
  /// Those that the driver has compiled: the shader and all values of its constants, as text.
  std::set<std::string> compiled_;
};

}  // namespace gfnet::vulkan
