#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gfnet/classifier.h"
#include "gfnet/device.h"
#include "gfnet/export.h"

/// Checks whether a device computes what it should.
///
/// Classifiers check the kernels of a plan by themselves before its first use on a GPU, and
/// remember the verdicts. The environment variable GFNET_CHECK=off turns this off, GFNET_CHECK=on
/// extends it to software drivers.
namespace gfnet {

/// What a check found out about a kernel.
enum class CheckResult {
  kRight,     ///< all results are within the bound, and repeated runs give the same bits
  kWrong,     ///< an error beyond the bound, NaN or infinity
  kUnsteady,  ///< repeated runs with the same input give different bits
  kRefused,   ///< the driver returned an error
  kCrashed,   ///< the process that tried the kernel was killed, or lost the device
  kHung,      ///< the kernel did not end within the time limit
  /// Nothing: there is no problem for the kernel. It is used, and is not known to be right.
  kNotChecked,
};

/// "right", "wrong", "unsteady", "refused", "crashed", "hung" or "not checked".
GFNET_API std::string_view name_of(CheckResult result);
/// Whether the kernel was found not right, so that plans must not use it.
constexpr bool is_failure(CheckResult result) {
  return result != CheckResult::kRight && result != CheckResult::kNotChecked;
}

/// A kernel of the engine, an algorithm of several kernels, or a whole network, and how its results
/// compare with the scalar reference.
struct CheckedKernel {
  /// The shader with the values of its specialisation constants, "linear_tiled 16 16 8 2 4 1"; or
  /// an algorithm, "vkfft 14×14"; or a network, "flat network fp32".
  std::string name;
  /// The same for people: "linear_tiled 128×128".
  std::string label;
  CheckResult result = CheckResult::kRight;
  /// Number of problems that the kernel was tried on.
  std::int64_t problems = 0;
  /// The largest error, as a share of what rounding allows: above 1 is wrong.
  double worst = 0;
  /// The sizes of the problem with that error, or of the problem that failed.
  std::string sizes;
  /// Seconds for compiling, running and comparing.
  double seconds = 0;
  /// Why the kernel is not right. Empty otherwise.
  std::string cause;
};

/// The result of check_device.
struct GFNET_API CheckReport {
  DeviceDescription device;
  /// The seed of the random data (CheckOptions::seed).
  std::uint32_t seed = 0;
  std::vector<CheckedKernel> kernels;
  /// Messages of the validation layer.
  std::vector<std::string> validation_messages;

  /// Whether every kernel has the result kRight.
  bool all_right() const;
};

/// What to check.
struct CheckOptions {
  /// As ClassifierOptions::device.
  std::string device;
  /// As ClassifierOptions::cache_directory.
  std::string cache_directory;
  /// Seed of the random data, to repeat a check: each problem's data depends on the seed and the
  /// problem only. nullopt: another one each time.
  std::optional<std::uint32_t> seed;
  /// Called before each kernel runs, for progress. May be empty.
  std::function<void(const CheckedKernel& kernel)> on_begin;
};

/// Runs every kernel that plans could use on the device on random data, and small networks in every
/// precision, and compares them with the scalar reference. Each runs several times with the same
/// input. The verdicts are remembered in the cache folder: what is not right is switched off for
/// this device and driver, and the next best takes its place. model: its kernels are checked too;
/// null for none. Throws NoDeviceError, UnsupportedError, VulkanError; UnsupportedError also if
/// the program for checks cannot be run.
GFNET_API CheckReport check_device(const CheckOptions& options, const Model* model = nullptr);

/// Sets the command line of a program whose only action is to call serve_check(). Checks then run
/// in processes of this program, so that a driver that crashes or hangs ends only such a process.
/// The first argument is the path of the program. Without this call, or with an empty command line,
/// checks run in the calling process: a driver that crashes ends it. `gfnet check-child` is such a
/// program. Call it before other threads use the library.
GFNET_API void set_check_program(std::vector<std::string> program);

/// Does a check that another process asks for on standard input, and answers on standard output.
/// Returns the exit status for the process.
GFNET_API int serve_check();

}  // namespace gfnet
