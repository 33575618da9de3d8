#include "selfcheck/device_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "base/fnv.h"
#include "gfnet/error.h"
#include "passes/passes.h"
#include "runtime/elapsed.h"
#include "selfcheck/run_plan.h"
#include "vulkan/vk.h"

namespace gfnet::selfcheck {
namespace {

/// ‖actual − expected‖ / ‖expected‖. Infinite if an element is not finite.
double relative_error(const std::vector<float>& actual, const Values& expected) {
  if (actual.size() != expected.size()) return INFINITY;
  double difference = 0, norm = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
    norm += expected[i] * expected[i];
  }
  const double error = std::sqrt(difference / norm);
  return std::isfinite(error) ? error : INFINITY;
}

/// A seed for a problem's random data. It does not depend on the problems before, so that one check
/// can repeat what another has found.
std::uint32_t seed_of(const ProblemSpec& spec, std::uint32_t seed) {
  const std::uint64_t hash = fnv(kFnvStart, spec.text()) ^ (seed * 0x9E3779B97F4A7C15ULL);
  return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

}  // namespace

DeviceCheck::DeviceCheck(runtime::DeviceContext& context, kernels::DeviceFacts facts,
                         Options options)
    : context_(context),
      facts_(std::move(facts)),
      options_(std::move(options)),
      numbers_(options_.seed) {}

bool DeviceCheck::wants(const std::string& name) const {
  return !is_lost_ && (!options_.only || options_.only->contains(name)) &&
         !facts_.switched_off.contains(name);
}

bool DeviceCheck::run(const ProblemSpec& spec) {
  if (is_lost_) return false;
  numbers_ = Numbers(seed_of(spec, options_.seed));
  if (spec.kind == ProblemSpec::Kind::kPreprocessing) {
    run_preprocessing();
  } else if (spec.kind == ProblemSpec::Kind::kNetwork) {
    const auto storage = static_cast<DType>(spec.numbers[1]);
    const bool is_flat = spec.numbers[0] == 0;
    run_network(network_name(is_flat, storage),
                is_flat ? flat_network(numbers_) : pyramid_network(numbers_), storage);
  } else {
    run_problem(spec);
  }
  return !is_lost_;
}

void DeviceCheck::run_problem(const ProblemSpec& spec) {
  const std::optional<Problem> problem = make_problem(spec, numbers_, facts_);
  if (!problem) return;
  std::vector<Candidate> candidates;
  try {
    candidates = candidates_of(*problem, facts_);
  } catch (const UnsupportedError&) {
    return;  // beyond a limit of the device, or all candidates are switched off: no plan uses it
  }
  if (spec.first_candidate_only && candidates.size() > 1) candidates.resize(1);
  for (Candidate& candidate : candidates) {
    if (wants(candidate.name)) check(*problem, std::move(candidate));
  }
}

void DeviceCheck::check(const Problem& problem, Candidate candidate) {
  CheckedKernel kernel;
  kernel.name = candidate.name;
  kernel.label = candidate.label;
  kernel.sizes = problem.sizes;
  const kernels::Arithmetic arithmetic = candidate.arithmetic;
  observe(
      std::move(kernel),
      [&] { return run_graph(problem.graph, std::move(candidate.plan), problem.input); },
      [&](const std::vector<float>& output) {
        return worst_share(output, problem.expected, problem.bounds(arithmetic));
      });
}

void DeviceCheck::run_network(const std::string& name, const graph::Graph& network, DType storage) {
  if (!wants(name)) return;
  constexpr std::int64_t kBatch = 3;
  const std::vector<float> input =
      numbers_.normal(kBatch * network.value(network.inputs().front()).shape.elements());
  CheckedKernel kernel;
  kernel.name = kernel.label = name;
  kernel.sizes = fmt::format("batch {}", kBatch);
  const Values expected = interpret_batch(network, kBatch, input);
  double bound = 0;
  observe(
      std::move(kernel),
      [&] {  // all algorithms of a filter may be switched off
        const graph::Graph expanded = passes::expand(
            kernels::choose_spectral(passes::fold(network), storage, facts_, {}), storage);
        bound = storage == DType::kF16 ? half_network_bound(expanded) : network_bound(expanded);
        return run_graph(expanded, plan::make_plan(expanded, kBatch, facts_), input);
      },
      [&](const std::vector<float>& output) { return relative_error(output, expected) / bound; });
}

std::vector<std::vector<float>> DeviceCheck::run_graph(const graph::Graph& graph, plan::Plan plan,
                                                       const std::vector<float>& input) {
  const graph::Value& value = graph.value(graph.inputs().front());
  const std::vector<std::byte> bytes = stored(value, plan.batch, input);
  std::vector<std::vector<float>> firsts;
  for (Outputs& outputs : run_plan(context_, std::move(plan), bytes, kRuns)) {
    firsts.push_back(std::move(outputs.front()));
  }
  return firsts;
}

void DeviceCheck::observe(CheckedKernel kernel,
                          const std::function<std::vector<std::vector<float>>()>& run,
                          const std::function<double(const std::vector<float>& output)>& share_of) {
  kernel.problems = 1;
  if (options_.events.on_begin) options_.events.on_begin(kernel);
  const auto start = std::chrono::steady_clock::now();
  try {
    const std::vector<std::vector<float>> outputs = run();
    bool is_steady = true;
    for (const std::vector<float>& output : outputs) {
      kernel.worst = std::max(kernel.worst, share_of(output));
      is_steady = is_steady && same_bits(output, outputs.front());
    }
    if (!is_steady) {
      kernel.result = CheckResult::kUnsteady;
      kernel.cause = "the same input gave different results";
    } else if (kernel.worst > 1) {
      kernel.result = CheckResult::kWrong;
      kernel.cause = std::isfinite(kernel.worst)
                         ? fmt::format("the error is {:.3g} times the bound", kernel.worst)
                         : "results are not finite";
    }
  } catch (const VulkanError& error) {
    if (error.is_out_of_memory()) throw;
    is_lost_ = error.is_device_lost();
    kernel.result = error.result() == VK_TIMEOUT ? CheckResult::kHung
                    : is_lost_                   ? CheckResult::kCrashed
                                                 : CheckResult::kRefused;
    kernel.cause = error.what();
  } catch (const UnsupportedError& error) {
    kernel.result = CheckResult::kRefused;
    kernel.cause = error.what();
  }
  kernel.seconds = runtime::seconds_since(start);
  add(kernel);
  if (options_.events.on_end) options_.events.on_end(kernel);
}

void DeviceCheck::add(const CheckedKernel& checked) {
  merge(kernels_, checked);
  if (is_failure(checked.result)) facts_.switched_off.insert(checked.name);
}

}  // namespace gfnet::selfcheck
