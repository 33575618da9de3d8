#include <algorithm>
#include <random>

#include "compiler/describe_device.h"
#include "compiler/network.h"
#include "compiler/planner.h"
#include "gfnet/check.h"
#include "selfcheck/device_check.h"
#include "tuning/tuned_device.h"

namespace gfnet {
namespace {

constexpr Precision kPrecisions[] = {Precision::kFp32, Precision::kFp16};

/// Checks the kernels that plans of the model use, in every precision of the device, for single
/// images and for the default batch size.
void run_model(selfcheck::DeviceCheck& check, tuning::TunedDevice& context, const Model& model) {
  for (const Precision precision : kPrecisions) {
    if (precision == Precision::kFp16 && !check.facts().half_storage) continue;
    ClassifierOptions options;
    options.precision = precision;
    const compiler::Planner planner = compiler::fold_model(model, options, check.facts());
    const compiler::Network network(context, planner, Tuning::kNever);
    for (const std::int64_t batch : {std::int64_t{1}, network.default_batch()}) {
      check.run(selfcheck::problems_of(planner.expanded({}), batch, check.facts()));
    }
  }
}

}  // namespace

std::string_view name_of(CheckResult result) {
  switch (result) {
    case CheckResult::kRight:
      return "right";
    case CheckResult::kWrong:
      return "wrong";
    case CheckResult::kUnsteady:
      return "unsteady";
    case CheckResult::kRefused:
      return "refused";
    case CheckResult::kCrashed:
      return "crashed";
    case CheckResult::kHung:
      return "hung";
  }
  return "?";
}

bool CheckReport::all_right() const {
  return std::ranges::all_of(
      kernels, [](const CheckedKernel& kernel) { return kernel.result == CheckResult::kRight; });
}

CheckReport check_device(const CheckOptions& options, const Model* model) {
  tuning::TunedDevice context(options.device, /*validation=*/false, options.cache_directory);
  selfcheck::DeviceCheck check(
      context, context.facts(),
      {.only = {}, .seed = std::random_device{}(), .on_begin = options.on_begin, .on_end = {}});
  check.run(selfcheck::all_problems(check.facts()));
  if (model != nullptr) run_model(check, context, *model);
  return {compiler::describe(context.device().info(), false), check.kernels(),
          context.instance()->validation_messages()};
}

}  // namespace gfnet
