#include <string>
#include <utility>
#include <vector>

#include "c/c_arguments.h"
#include "c/c_errors.h"
#include "c/c_model.h"
#include "c/c_structs.h"
#include "gfnet/c/check.h"
#include "gfnet/check.h"

using namespace gfnet::c;

/// Never changes, so that threads can share it.
struct gfnet_check_report {
  const gfnet::CheckReport report;
};

namespace gfnet::c {
namespace {

static_assert(GFNET_CHECK_NOT_CHECKED == static_cast<int>(CheckResult::kNotChecked));

CheckOptions check_options(const gfnet_check_options* given) {
  const auto known = options_of(given, GFNET_SIZE_WITH(gfnet_check_options, has_seed), "options");
  CheckOptions options;
  options.device = optional_text(known.device);
  options.cache_directory = optional_text(known.cache_directory);
  if (known.has_seed != 0) options.seed = known.seed;
  if (known.on_begin != nullptr) {
    options.on_begin = [known](const CheckedKernel& kernel) {
      known.on_begin(kernel.label.c_str(), known.data);
    };
  }
  return options;
}

gfnet_check_info info_of(const CheckReport& report) {
  gfnet_check_info info{};
  info.device = report.device.name.c_str();
  info.driver = report.device.driver.c_str();
  info.kernel_count = report.kernels.size();
  info.seed = report.seed;
  info.all_right = report.all_right();
  return info;
}

gfnet_checked_kernel kernel_of(const CheckedKernel& of) {
  gfnet_checked_kernel kernel{};
  kernel.name = of.name.c_str();
  kernel.label = of.label.c_str();
  kernel.sizes = of.sizes.c_str();
  kernel.cause = of.cause.c_str();
  kernel.problems = of.problems;
  kernel.worst = of.worst;
  kernel.seconds = of.seconds;
  kernel.result = static_cast<std::int32_t>(of.result);
  kernel.is_failure = is_failure(of.result);
  return kernel;
}

}  // namespace
}  // namespace gfnet::c

gfnet_error* gfnet_check_device(const gfnet_check_options* options, const gfnet_model* model,
                                gfnet_check_report** report) noexcept {
  return guarded([&] {
    gfnet_check_report*& result = result_in(report, "report");
    result = new gfnet_check_report{
        gfnet::check_device(check_options(options), model == nullptr ? nullptr : &model->model)};
  });
}

gfnet_error* gfnet_check_describe(const gfnet_check_report* report,
                                  gfnet_check_info* info) noexcept {
  return guarded([&] {
    give(info_of(required(report, "report").report), info,
         GFNET_SIZE_WITH(gfnet_check_info, all_right), "info");
  });
}

gfnet_error* gfnet_check_kernel(const gfnet_check_report* report, size_t index,
                                gfnet_checked_kernel* kernel) noexcept {
  return guarded([&] {
    const std::vector<gfnet::CheckedKernel>& kernels = required(report, "report").report.kernels;
    if (index >= kernels.size()) {
      throw gfnet::ArgumentError("index is " + std::to_string(index) + ", but there are " +
                                 std::to_string(kernels.size()) + " kernels");
    }
    give(kernel_of(kernels[index]), kernel, GFNET_SIZE_WITH(gfnet_checked_kernel, is_failure),
         "kernel");
  });
}

void gfnet_check_free(gfnet_check_report* report) noexcept { delete report; }

gfnet_error* gfnet_set_check_program(const char* const* words, size_t count) noexcept {
  return guarded([&] { gfnet::set_check_program(texts_of(words, count, "words")); });
}
