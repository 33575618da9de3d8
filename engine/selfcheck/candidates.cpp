#include "selfcheck/candidates.h"

#include <algorithm>

#include "gfnet/error.h"

namespace gfnet::selfcheck {
namespace {

const plan::Step& step_of(const Problem& problem, const plan::Plan& plan) {
  const auto found = std::ranges::find_if(
      plan.steps, [&](const plan::Step& step) { return step.name.starts_with(problem.node); });
  if (found == plan.steps.end()) throw Error("no step computes '" + problem.node + "'");
  return *found;
}

/// "linear_tiled_f16 128×128": the shader, and what the candidate's name says beside it.
std::string label_of(const plan::Step& step) {
  const std::string shader = plan::kernel_of(step);
  if (!step.choices.kernel) return shader;
  const std::string& name = step.choices.kernel->name();
  const std::size_t space = name.find(' ');
  return space == std::string::npos ? shader : shader + name.substr(space);
}

Candidate candidate_of(const Problem& problem, plan::Plan plan) {
  const plan::Step& step = step_of(problem, plan);
  Candidate candidate;
  candidate.arithmetic = step.arithmetic;
  if (!problem.algorithm.empty()) {
    candidate.name = candidate.label = problem.algorithm;
  } else {
    const auto& kernel = std::get<plan::KernelStep>(step.work);
    candidate.name = kernels::kernel_name(kernel.kernel, kernel.specialization);
    candidate.label = label_of(step);
  }
  candidate.plan = std::move(plan);
  return candidate;
}

/// Calls use() with the plan for each candidate of one sort of choice. The others are as in
/// `known`.
template <typename Use>
void for_each_plan(const Problem& problem, const kernels::DeviceFacts& device,
                   kernels::MeasuredChoices known,
                   std::optional<graph::Choice> plan::StepChoices::*sort,
                   kernels::ChoiceTable kernels::MeasuredChoices::*table, Use use) {
  plan::Plan first = plan::make_plan(problem.graph, problem.batch, device, known);
  const std::optional<graph::Choice> choice = step_of(problem, first).choices.*sort;
  use(std::move(first), known);
  if (!choice) return;
  for (std::size_t i = 1; i < choice->candidates.size(); ++i) {
    (known.*table).set(*choice, i);
    use(plan::make_plan(problem.graph, problem.batch, device, known), known);
  }
}

}  // namespace

std::vector<Candidate> candidates_of(const Problem& problem, const kernels::DeviceFacts& device) {
  std::vector<Candidate> candidates;
  for_each_plan(problem, device, {}, &plan::StepChoices::algorithm,
                &kernels::MeasuredChoices::algorithms,
                [&](const plan::Plan&, const kernels::MeasuredChoices& algorithm) {
                  for_each_plan(problem, device, algorithm, &plan::StepChoices::kernel,
                                &kernels::MeasuredChoices::kernels,
                                [&](plan::Plan plan, const kernels::MeasuredChoices&) {
                                  candidates.push_back(candidate_of(problem, std::move(plan)));
                                });
                });
  // The algorithm of a spectral layer is part of the problem: choices change nothing.
  std::vector<Candidate> different;
  for (Candidate& candidate : candidates) {
    if (std::ranges::find(different, candidate.name, &Candidate::name) == different.end()) {
      different.push_back(std::move(candidate));
    }
  }
  return different;
}

std::set<std::string> names_in(const graph::Graph& graph, const plan::Plan& plan) {
  std::set<std::string> names = preprocessing_names();
  for (const graph::Node& node : graph.nodes()) {
    if (const auto* transform = std::get_if<graph::Rfft2>(&node.operation)) {
      names.insert(kernels::algorithm_name(graph::SpectralForm::kVkfft, transform->grid));
    } else if (const auto* filter = std::get_if<graph::SpectralFilter>(&node.operation);
               filter != nullptr && filter->by_lines) {
      names.insert(kernels::algorithm_name(graph::SpectralForm::kLines, filter->grid));
    }
  }
  for (const plan::Step& step : plan.steps) {
    const auto* const kernel = std::get_if<plan::KernelStep>(&step.work);
    if (kernel != nullptr && !kernels::is_part_of_algorithm(kernel->kernel)) {
      names.insert(kernels::kernel_name(kernel->kernel, kernel->specialization));
    }
  }
  return names;
}

}  // namespace gfnet::selfcheck
