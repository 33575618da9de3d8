#include <algorithm>
#include <random>
#include <set>

#include "compiler/describe_device.h"
#include "compiler/network.h"
#include "compiler/planner.h"
#include "gfnet/check.h"
#include "selfcheck/candidates.h"
#include "selfcheck/check_job.h"
#include "system/paths.h"
#include "tuning/tuned_device.h"
#include "vulkan/query/query_device.h"

namespace gfnet {
namespace {

/// Adds problems for the kernels that plans of the model use, in every precision of the device, for
/// single images and for the default batch size. Adds the names of these kernels to `used`.
void add_problems(selfcheck::ProblemList& problems, std::set<std::string>& used,
                  tuning::TunedDevice& context, const kernels::DeviceFacts& facts,
                  const Model& model) {
  for (const Precision precision : {Precision::kFp32, Precision::kFp16}) {
    if (precision == Precision::kFp16 && !facts.half_storage) continue;
    ClassifierOptions options;
    options.precision = precision;
    const compiler::Planner planner = compiler::fold_model(model, options, facts);
    const compiler::Network network(context, planner, Tuning::kNever);
    const graph::Graph& graph = planner.expanded({});
    for (const std::int64_t batch : {std::int64_t{1}, network.default_batch()}) {
      for (const selfcheck::ProblemSpec& problem : selfcheck::problems_of(graph, batch, facts)) {
        if (std::ranges::find(problems, problem) == problems.end()) problems.push_back(problem);
      }
      used.merge(selfcheck::names_in(graph, planner.plan(batch, {})));
    }
  }
}

/// Adds the problems that kernels have failed in other checks, at other sizes. They come first.
void add_failed_problems(selfcheck::ProblemList& problems, const selfcheck::Verdicts& verdicts) {
  for (const std::string& kernel : verdicts.switched_off()) {
    const auto problem = selfcheck::ProblemSpec::from_text(verdicts.find(kernel)->problem);
    if (problem && std::ranges::find(problems, *problem) == problems.end()) {
      problems.insert(problems.begin(), *problem);
    }
  }
}

selfcheck::CheckJob without_networks(selfcheck::CheckJob job) {
  std::erase_if(job.problems, [](const selfcheck::ProblemSpec& problem) {
    return problem.kind == selfcheck::ProblemSpec::Kind::kNetwork;
  });
  return job;
}

/// Adds those of the kernels that are not in the list.
void add_unchecked(std::vector<CheckedKernel>& kernels, const std::set<std::string>& names) {
  for (const std::string& name : names) {
    if (std::ranges::find(kernels, name, &CheckedKernel::name) != kernels.end()) continue;
    kernels.push_back({.name = name,
                       .label = name,
                       .result = CheckResult::kNotChecked,
                       .sizes = "",
                       .cause = "there is no problem for it"});
  }
}

/// Adds the query for the device's matrix shapes, if it was tried.
void add_matrix_query(std::vector<CheckedKernel>& kernels, const vulkan::DeviceInfo& device) {
  const auto result = selfcheck::tried_matrix_query(device);
  if (!result) return;
  CheckedKernel query;
  query.name = query.label = selfcheck::kMatrixQuery;
  query.result = *result;
  query.problems = 1;
  if (is_failure(*result)) query.cause = "the matrix units are not used";
  kernels.push_back(std::move(query));
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
    case CheckResult::kNotChecked:
      return "not checked";
  }
  return "?";
}

bool CheckReport::all_right() const {
  return std::ranges::all_of(
      kernels, [](const CheckedKernel& kernel) { return kernel.result == CheckResult::kRight; });
}

CheckReport check_device(const CheckOptions& options, const Model* model) {
  selfcheck::try_matrix_query_again();
  tuning::TunedDevice context(options.device, /*validation=*/false,
                              system::path_of(options.cache_directory));
  const kernels::SwitchedOff suspects = context.verdicts().switched_off();
  kernels::DeviceFacts facts = context.facts();
  facts.switched_off.clear();  // earlier verdicts do not count
  selfcheck::CheckJob job;
  job.problems = selfcheck::all_problems(facts);
  std::set<std::string> used;
  if (model != nullptr) add_problems(job.problems, used, context, facts, *model);
  add_failed_problems(job.problems, context.verdicts());
  job.seed = options.seed.value_or(std::random_device{}());
  CheckReport report;
  report.device = compiler::describe(context.device().info(), false);
  report.seed = job.seed;
  // What was not right before comes last: if it takes the machine down, the rest is known. So do
  // the networks, which may use what is right now, or cannot run without it.
  job.switched_off = suspects;
  report.kernels =
      context.run(suspects.empty() ? job : without_networks(job), {.on_begin = options.on_begin});
  if (!suspects.empty()) {
    job.only.emplace(suspects.begin(), suspects.end());
    for (const DType storage : {DType::kF32, DType::kF16}) {
      job.only->merge(selfcheck::network_names(storage));
    }
    job.switched_off.clear();
    for (const CheckedKernel& kernel : report.kernels) {
      if (is_failure(kernel.result)) job.switched_off.insert(kernel.name);
    }
    for (const CheckedKernel& kernel : context.run(job, {.on_begin = options.on_begin})) {
      selfcheck::merge(report.kernels, kernel);
    }
  }
  add_unchecked(report.kernels, used);
  context.remember(report.kernels, report.seed);
  add_matrix_query(report.kernels, context.device().info());
  report.validation_messages = context.instance()->validation_messages();
  return report;
}

void set_check_program(std::vector<std::string> program) {
  selfcheck::check_program() = std::move(program);
  vulkan::set_matrix_guard(selfcheck::may_query_matrices);
}

int serve_check() { return selfcheck::serve_check(); }

}  // namespace gfnet
