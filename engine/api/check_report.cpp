#include <algorithm>

#include "compiler/describe_device.h"
#include "compiler/network.h"
#include "compiler/planner.h"
#include "gfnet/check.h"
#include "selfcheck/check_job.h"
#include "tuning/tuned_device.h"
#include "vulkan/query/query_device.h"

namespace gfnet {
namespace {

/// Adds problems for the kernels that plans of the model use, in every precision of the device, for
/// single images and for the default batch size.
void add_problems(selfcheck::ProblemList& problems, tuning::TunedDevice& context,
                  const kernels::DeviceFacts& facts, const Model& model) {
  for (const Precision precision : {Precision::kFp32, Precision::kFp16}) {
    if (precision == Precision::kFp16 && !facts.half_storage) continue;
    ClassifierOptions options;
    options.precision = precision;
    const compiler::Planner planner = compiler::fold_model(model, options, facts);
    const compiler::Network network(context, planner, Tuning::kNever);
    for (const std::int64_t batch : {std::int64_t{1}, network.default_batch()}) {
      for (const selfcheck::ProblemSpec& problem :
           selfcheck::problems_of(planner.expanded({}), batch, facts)) {
        if (std::ranges::find(problems, problem) == problems.end()) problems.push_back(problem);
      }
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
  kernels::DeviceFacts facts = context.facts();
  facts.switched_off.clear();  // earlier verdicts do not count
  selfcheck::CheckJob job;
  job.problems = selfcheck::all_problems(facts);
  if (model != nullptr) add_problems(job.problems, context, facts, *model);
  CheckReport report;
  report.device = compiler::describe(context.device().info(), false);
  report.kernels = context.run(std::move(job), options.on_begin);
  context.remember(report.kernels);
  report.validation_messages = context.instance()->validation_messages();
  return report;
}

void set_check_program(std::vector<std::string> program) {
  selfcheck::check_program() = std::move(program);
  vulkan::set_matrix_guard(selfcheck::may_query_matrices);
}

int serve_check() { return selfcheck::serve_check(); }

}  // namespace gfnet
