#include "tuning/tuner.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "base/log.h"
#include "gfnet/error.h"
#include "runtime/batch_pipeline.h"
#include "runtime/elapsed.h"
#include "runtime/timed_pipeline.h"
#include "selfcheck/run_plan.h"
#include "vulkan/vk.h"

namespace gfnet::tuning {
namespace {

/// A choice is measured only if the steps that it concerns have at least this many operations in
/// total. Steps with fewer operations take microseconds on a GPU and little time on any device.
constexpr double kLeastFlops = 2e7;
/// To estimate the time of steps that memory limits: moving one byte counts as this many
/// operations.
constexpr double kFlopsOfByte = 10;
constexpr int kLeastRuns = 3;
constexpr int kMostRuns = 20;
constexpr double kEnoughSeconds = 0.1;

/// A choice that is being measured, and its best candidate so far.
struct OpenChoice {
  graph::Choice choice;
  /// Sum over all steps that the choice concerns: the operations of the step, or the step's bytes ×
  /// kFlopsOfByte if that is more.
  double flops = 0;
  std::optional<std::size_t> best;
  bool best_spills = true;
  double best_seconds = std::numeric_limits<double>::infinity();
};

/// The choices that are being measured. Key: the name of the choice (graph::Choice::key).
using OpenChoices = std::map<std::string, OpenChoice>;
/// The candidates that one run of the network tries. Key: the name of a choice. Value: the index of
/// the candidate. For all other choices, the run uses the known fastest candidate, or the default
/// if none is known.
using Selection = std::map<std::string, std::size_t>;

/// The sort of a choice, as a pointer to a member of plan::StepChoices: `algorithm` for choices
/// that hold at all batch sizes, `kernel` for choices at one batch size.
using Sort = std::optional<graph::Choice> plan::StepChoices::*;

/// The plan's choices of one sort that are worth measuring: choices with several candidates that
/// are not in `known` and that concern enough operations (kLeastFlops).
OpenChoices open_choices(const plan::Plan& plan, Sort sort, const kernels::ChoiceTable& known) {
  OpenChoices open;
  for (const plan::Step& step : plan.steps) {
    const std::optional<graph::Choice>& choice = step.choices.*sort;
    if (!choice || choice->candidates.size() < 2 || known.find(*choice)) continue;
    OpenChoice& entry = open[choice->key];
    entry.choice = *choice;
    entry.flops += std::max(step.flops, kFlopsOfByte * step.bytes);
  }
  std::erase_if(open, [](const auto& entry) { return entry.second.flops < kLeastFlops; });
  return open;
}

OpenChoices open_algorithms(const plan::Plan& plan, const kernels::MeasuredChoices& known) {
  return open_choices(plan, &plan::StepChoices::algorithm, known.algorithms);
}

OpenChoices open_kernels(const plan::Plan& plan, const kernels::MeasuredChoices& known) {
  return open_choices(plan, &plan::StepChoices::kernel, known.kernels);
}

/// Writes the candidates in `selection` into `choices`. open: must have every choice of the
/// selection.
void take_up(kernels::ChoiceTable& choices, const OpenChoices& open, const Selection& selection) {
  for (const auto& [key, candidate] : selection) {
    choices.set(open.at(key).choice, candidate);
  }
}

/// Updates the best candidate of each choice in `selection` after a run: the fastest of those that
/// do not spill, or of all if all spill. run: what was measured.
void note(OpenChoices& open, const Selection& selection, const Measurement& run) {
  for (const auto& [key, candidate] : selection) {
    const auto measured = run.seconds.find(key);
    if (measured == run.seconds.end()) continue;
    const bool spills = run.spilling.contains(key);
    OpenChoice& entry = open.at(key);
    log(LogLevel::kDebug, fmt::format("{}: {} {:f} ms{}", key, entry.choice.candidates[candidate],
                                      measured->second * 1e3, spills ? ", spills" : ""));
    if (std::pair(spills, measured->second) < std::pair(entry.best_spills, entry.best_seconds)) {
      entry.best_spills = spills;
      entry.best_seconds = measured->second;
      entry.best = candidate;
    }
  }
}

Selection best_of(const OpenChoices& open) {
  Selection best;
  for (const auto& [key, entry] : open) {
    if (entry.best) best[key] = *entry.best;
  }
  return best;
}

/// The reason why a run with given candidates failed; nullopt if it succeeded.
using Failure = std::optional<std::string>;

/// Calls attempt() with the first candidates of all choices together, then with the second
/// candidates, and so on. If a choice has no further candidates, its best candidate is used again.
/// If a run that tries several new candidates fails, each of these candidates is later tried alone,
/// with the best candidates of the other choices. This needs at least one successful run.
void try_candidates(const OpenChoices& open,
                    const std::function<Failure(const Selection& selection)>& attempt) {
  std::size_t rounds = 0;
  for (const auto& [key, entry] : open) {
    rounds = std::max(rounds, entry.choice.candidates.size());
  }
  const auto warn = [&](const std::string& key, std::size_t candidate, const std::string& cause) {
    log(LogLevel::kWarning, fmt::format("tuning: {}: rejected {}: {}", key,
                                        open.at(key).choice.candidates[candidate], cause));
  };
  std::vector<Selection> failed;
  std::string last;
  for (std::size_t round = 0; round < rounds; ++round) {
    Selection tried;
    for (const auto& [key, entry] : open) {
      if (round < entry.choice.candidates.size()) tried[key] = round;
    }
    Selection selection = tried;
    selection.merge(best_of(open));
    const Failure failure = attempt(selection);
    if (!failure) continue;
    last = *failure;
    if (tried.size() == 1) {
      warn(tried.begin()->first, round, *failure);
    } else {
      failed.push_back(std::move(tried));
    }
  }
  if (!failed.empty() && best_of(open).empty()) {
    log(LogLevel::kWarning, "tuning: no candidate runs: " + last);
    return;
  }
  for (const Selection& together : failed) {
    for (const auto& [key, candidate] : together) {
      Selection selection{{key, candidate}};
      selection.merge(best_of(open));
      if (const Failure failure = attempt(selection)) warn(key, candidate, *failure);
    }
  }
}

/// A search for the fastest candidates. See the functions select_algorithms and select_kernels in
/// tuner.h.
class CandidateSearch {
 public:
  CandidateSearch(const MakePlan& make_plan, const Measure& measure, kernels::MeasuredChoices known)
      : make_plan_(make_plan), measure_(measure), known_(std::move(known)) {}

  kernels::MeasuredChoices select_algorithms() {
    algorithms_ = open_algorithms(make_plan_(known_), known_);
    kernels::MeasuredChoices found = known_;
    try_candidates(algorithms_, [&](const Selection& selection) {
      algorithm_selection_ = selection;
      kernels::MeasuredChoices choices{known_.algorithms, found.kernels};
      take_up(choices.algorithms, algorithms_, selection);
      return attempt([&]() -> Failure {
        kernels_ = open_kernels(make_plan_(choices), choices);
        const Failure failure = try_kernels(choices);
        take_up(found.kernels, kernels_, best_of(kernels_));
        return failure;
      });
    });
    take_up(found.algorithms, algorithms_, best_of(algorithms_));
    return found;
  }

  kernels::MeasuredChoices select_kernels() {
    kernels_ = open_kernels(make_plan_(known_), known_);
    kernels::MeasuredChoices found = known_;
    try_kernels(known_);
    take_up(found.kernels, kernels_, best_of(kernels_));
    return found;
  }

 private:
  /// Finds the fastest kernels for given algorithms (choices.algorithms). Returns a failure if no
  /// run succeeds.
  Failure try_kernels(const kernels::MeasuredChoices& choices) {
    bits_.reset();
    if (kernels_.empty()) return run(choices, {});
    Failure last;
    bool any = false;
    try_candidates(kernels_, [&](const Selection& selection) {
      kernels::MeasuredChoices with_kernels = choices;
      take_up(with_kernels.kernels, kernels_, selection);
      last = run(with_kernels, selection);
      any = any || !last;
      return last;
    });
    return any ? std::nullopt : last;
  }

  Failure run(const kernels::MeasuredChoices& choices, const Selection& kernel_selection) {
    return attempt([&]() -> Failure {
      const plan::Plan plan = make_plan_(choices);
      const Measurement shown = measure_(plan);
      if (!bits_) {
        if (!is_near(shown.outputs, plan)) return "results differ from the rule's beyond rounding";
        bits_ = shown.outputs;
        if (!rule_) rule_ = shown.outputs;
      } else if (!selfcheck::same_bits(shown.outputs, *bits_)) {
        return "results are not bit-identical to the rule's";
      }
      note(algorithms_, algorithm_selection_, shown);
      note(kernels_, kernel_selection, shown);
      return std::nullopt;
    });
  }

  template <typename Do>
  static Failure attempt(Do something) {
    try {
      return something();
    } catch (const VulkanError& error) {
      if (error.is_device_lost()) throw;
      return error.what();
    } catch (const Error& error) {
      return error.what();
    }
  }

  /// Whether `outputs` differs only by rounding from the outputs with the default algorithms. Also
  /// true if those are not known yet or not finite.
  bool is_near(const std::vector<float>& outputs, const plan::Plan& plan) const {
    if (!rule_) return true;
    if (outputs.size() != rule_->size()) return false;
    double difference = 0;
    double norm = 0;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const double expected = (*rule_)[i];
      difference += (outputs[i] - expected) * (outputs[i] - expected);
      norm += expected * expected;
    }
    if (!std::isfinite(norm)) return true;  // nothing to compare with: the rule's own results
    // Every step rounds the values it stores. Before that, it rounds in sums of thousands of terms,
    // where the squares of the rounding errors add up: 64 is the root of 4096.
    const double roundoff = plan::precision_of(plan) == "fp16" ? 0x1p-11 : 0x1p-24 * 64;
    const double most = 2 * roundoff * static_cast<double>(plan.steps.size());
    return difference <= most * most * norm;
  }

  const MakePlan& make_plan_;
  const Measure& measure_;
  kernels::MeasuredChoices known_;
  OpenChoices algorithms_;
  OpenChoices kernels_;
  Selection algorithm_selection_;
  /// Outputs with the default algorithms. The outputs with other algorithms may differ by rounding
  /// only.
  std::optional<std::vector<float>> rule_;
  /// First accepted outputs with the algorithms that are being tried. The kernels of one batch size
  /// must not change the bits of these outputs.
  std::optional<std::vector<float>> bits_;
};

}  // namespace

kernels::MeasuredChoices select_algorithms(const MakePlan& make_plan, const Measure& measure,
                                           const kernels::MeasuredChoices& known) {
  return CandidateSearch(make_plan, measure, known).select_algorithms();
}

kernels::MeasuredChoices select_kernels(const MakePlan& make_plan, const Measure& measure,
                                        const kernels::MeasuredChoices& known) {
  return CandidateSearch(make_plan, measure, known).select_kernels();
}

bool Tuner::knows_algorithms(const kernels::MeasuredChoices& known) const {
  return open_algorithms(plan_batch_(tuning_batch_, known), known).empty();
}

bool Tuner::knows_kernels(std::int64_t batch, const kernels::MeasuredChoices& known) const {
  return open_kernels(plan_batch_(batch, known), known).empty();
}

kernels::MeasuredChoices Tuner::tune_algorithms(const kernels::MeasuredChoices& known) {
  log(LogLevel::kInfo,
      fmt::format("tuning: choices for all batch sizes, measured at batch {}", tuning_batch_));
  return select_algorithms(
      [&](const kernels::MeasuredChoices& choices) { return plan_batch_(tuning_batch_, choices); },
      [&](const plan::Plan& plan) { return run(plan); }, known);
}

kernels::MeasuredChoices Tuner::tune_kernels(std::int64_t batch,
                                             const kernels::MeasuredChoices& known) {
  log(LogLevel::kInfo, fmt::format("tuning: kernels for batch {}", batch));
  return select_kernels(
      [&](const kernels::MeasuredChoices& choices) { return plan_batch_(batch, choices); },
      [&](const plan::Plan& plan) { return run(plan); }, known);
}

/// Runs the plan several times. For each choice, a run gives the sum of the times of the choice's
/// steps. Returns the least sum of all runs, and the outputs.
Measurement Tuner::run(const plan::Plan& plan) {
  // If the plan needs any weights in another form, those of the last plan are freed first.
  if (!constants_.holds(plan)) constants_.clear();
  constants_.upload(plan);
  const runtime::BatchPipeline pipeline(context_, plan, constants_,
                                        {.timestamps = true, .statistics = true});
  runtime::TimedPipeline timed(context_, pipeline);
  std::map<std::string, double> fastest;
  const auto start = std::chrono::steady_clock::now();
  for (int run = 0;
       run < kLeastRuns || (run < kMostRuns && runtime::seconds_since(start) < kEnoughSeconds);
       ++run) {
    timed.run();
    const std::vector<double> seconds = pipeline.step_seconds();
    std::map<std::string, double> sums;
    for (std::size_t i = 0; i < seconds.size(); ++i) {
      const plan::StepChoices& choices = plan.steps[i].choices;
      if (choices.algorithm) sums[choices.algorithm->key] += seconds[i];
      if (choices.kernel) sums[choices.kernel->key] += seconds[i];
    }
    for (const auto& [key, sum] : sums) {
      const auto entry = fastest.try_emplace(key, sum).first;
      entry->second = std::min(entry->second, sum);
    }
  }
  std::set<std::string> spilling;
  for (const plan::Step& step : plan.steps) {
    const auto* const kernel = std::get_if<plan::KernelStep>(&step.work);
    if (kernel == nullptr || context_.spills(*kernel) == 0) continue;
    if (step.choices.algorithm) spilling.insert(step.choices.algorithm->key);
    if (step.choices.kernel) spilling.insert(step.choices.kernel->key);
  }
  return {std::move(fastest), std::move(spilling), pipeline.output(0)};
}

}  // namespace gfnet::tuning
