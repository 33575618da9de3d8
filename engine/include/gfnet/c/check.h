#pragma once

#include <stddef.h>
#include <stdint.h>

#include "gfnet/c/call.h"
#include "gfnet/c/error.h"
#include "gfnet/c/model.h"

/// Whether a device computes what it should: gfnet/check.h in C. gfnet/c.h has the rules for all
/// calls.
GFNET_C_BEGIN

/// What a check of a device found.
typedef struct gfnet_check_report gfnet_check_report;

typedef struct gfnet_check_options {
  size_t struct_size;
  /// As in gfnet_classifier_options.
  const char* device;
  const char* cache_directory;
  /// Called before each kernel runs, with its label and `data`. May be NULL. Must return, without
  /// exception and longjmp. The label is valid during the call.
  void (*on_begin)(const char* kernel, void* data);
  void* data;
  /// Seed of the random data, to repeat a check. Used if has_seed is not 0.
  uint32_t seed;
  int32_t has_seed;
} gfnet_check_options;

/// Runs every kernel that the library could use on a device, and small networks, on random data,
/// and compares them with a scalar reference, as `gfnet check` does. Takes seconds to minutes. What
/// is not right is switched off for this device and driver from then on. options, model: may be
/// NULL. model: its kernels are checked too. A driver that crashes ends this process unless
/// gfnet_set_check_program() was called. GFNET_ERROR_NO_DEVICE, GFNET_ERROR_UNSUPPORTED,
/// GFNET_ERROR_VULKAN.
GFNET_API GFNET_MUST_USE gfnet_error* gfnet_check_device(
    const gfnet_check_options* options, const gfnet_model* model,
    gfnet_check_report** report) GFNET_NOEXCEPT;

typedef struct gfnet_check_info {
  size_t struct_size;
  /// Name and driver of the device.
  const char* device;
  const char* driver;
  size_t kernel_count;
  /// The seed of the random data.
  uint32_t seed;
  /// 1 if every kernel is right, otherwise 0.
  int32_t all_right;
} gfnet_check_info;

GFNET_API GFNET_MUST_USE gfnet_error* gfnet_check_describe(const gfnet_check_report* report,
                                                           gfnet_check_info* info) GFNET_NOEXCEPT;

/// What a check found out about a kernel: CheckResult in gfnet/check.h says what they mean.
enum {
  GFNET_CHECK_RIGHT = 0,
  GFNET_CHECK_WRONG = 1,
  GFNET_CHECK_UNSTEADY = 2,
  GFNET_CHECK_REFUSED = 3,
  GFNET_CHECK_CRASHED = 4,
  GFNET_CHECK_HUNG = 5,
  GFNET_CHECK_NOT_CHECKED = 6
};

typedef struct gfnet_checked_kernel {
  size_t struct_size;
  /// The kernel with its constants, and the same for people.
  const char* name;
  const char* label;
  /// The sizes of the problem with the largest error, or of the problem that failed.
  const char* sizes;
  /// Why the kernel is not right. "" otherwise.
  const char* cause;
  /// Number of problems that the kernel was tried on.
  int64_t problems;
  /// The largest error, as a share of what rounding allows: above 1 is wrong.
  double worst;
  double seconds;
  /// GFNET_CHECK_….
  int32_t result;
  /// 1 if the kernel was found not right and is switched off, otherwise 0.
  int32_t is_failure;
} gfnet_checked_kernel;

/// A kernel of a report. GFNET_ERROR_ARGUMENT if index is not below gfnet_check_info::kernel_count.
GFNET_API GFNET_MUST_USE gfnet_error* gfnet_check_kernel(
    const gfnet_check_report* report, size_t index, gfnet_checked_kernel* kernel) GFNET_NOEXCEPT;

GFNET_API void gfnet_check_free(gfnet_check_report* report) GFNET_NOEXCEPT;

/// Sets the command line of a program that does checks in a process of its own, such as
/// {"/usr/bin/gfnet", "check-child"}: set_check_program() in gfnet/check.h. words: [count], copied;
/// may be NULL if count is 0: then checks run in the calling process. Call it before other threads
/// use the library.
GFNET_API GFNET_MUST_USE gfnet_error* gfnet_set_check_program(const char* const* words,
                                                              size_t count) GFNET_NOEXCEPT;

GFNET_C_END
