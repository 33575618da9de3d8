#include "tuning/tuner.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "base/log.h"
#include "gfnet/error.h"
#include "runtime/batch_pipeline.h"
#include "runtime/timed_pipeline.h"
#include "vulkan/vk.h"

namespace gfnet::runtime {
namespace {

/// A choice is not measured if the steps that it concerns have fewer operations than this in total:
/// they take microseconds on a GPU and little time on any device.
constexpr double kLeastFlops = 2e7;
/// Estimate: moving a byte takes about as long as this many operations.
constexpr double kFlopsOfByte = 10;
constexpr int kLeastTrialRuns = 3;
constexpr int kMostRuns = 20;
constexpr double kEnoughSeconds = 0.1;

/// A choice that is being measured, and its best candidate so far.
struct Contest {
  plan::Decision decision;
  /// Operations of all steps that the choice concerns. If memory limits a step: its bytes ×
  /// kFlopsOfByte.
  double flops = 0;
  std::optional<std::size_t> best;
  double best_seconds = std::numeric_limits<double>::infinity();
};

/// The choices that are being measured. Key: the name of the choice (plan::Decision::problem).
using Contests = std::map<std::string, Contest>;
/// The candidates that one run of the network tries. Key: the name of a choice. Value: the index of
/// the candidate. All other choices use the known fastest candidate or the default one.
using Trial = std::map<std::string, std::size_t>;

/// Selects a member of plan::Decisions: `way`, a choice for all batch sizes, or `kernel`, a choice
/// for one batch size.
using Sort = std::optional<plan::Decision> plan::Decisions::*;

/// The plan's choices of one sort that are worth measuring: those with several candidates that are
/// not in `known` and that concern enough operations.
Contests open_contests(const plan::Plan& plan, Sort sort, const plan::ChoiceTable& known) {
  Contests contests;
  for (const plan::Step& step : plan.steps) {
    const std::optional<plan::Decision>& decision = step.decisions.*sort;
    if (!decision || decision->candidates.size() < 2 || known.find(*decision)) continue;
    Contest& contest = contests[decision->problem];
    contest.decision = *decision;
    contest.flops += std::max(step.flops, kFlopsOfByte * step.bytes);
  }
  std::erase_if(contests, [](const auto& entry) { return entry.second.flops < kLeastFlops; });
  return contests;
}

Contests open_ways(const plan::Plan& plan, const plan::Choices& known) {
  return open_contests(plan, &plan::Decisions::way, known.ways);
}

Contests open_kernels(const plan::Plan& plan, const plan::Choices& known) {
  return open_contests(plan, &plan::Decisions::kernel, known.kernels);
}

/// Sets the candidates that a run tried in the table `choices`.
void take_up(plan::ChoiceTable& choices, const Contests& contests, const Trial& trial) {
  for (const auto& [problem, candidate] : trial) {
    choices.set(contests.at(problem).decision, candidate);
  }
}

/// Updates the best candidate of each choice after a run. seconds: the measured time, by the name
/// of the choice.
void note(Contests& contests, const Trial& trial, const std::map<std::string, double>& seconds) {
  for (const auto& [problem, candidate] : trial) {
    const auto measured = seconds.find(problem);
    if (measured == seconds.end()) continue;
    Contest& contest = contests.at(problem);
    log(LogLevel::kDebug, problem + ": " + contest.decision.candidates[candidate] + " " +
                              std::to_string(measured->second * 1e3) + " ms");
    if (measured->second < contest.best_seconds) {
      contest.best_seconds = measured->second;
      contest.best = candidate;
    }
  }
}

Trial best_of(const Contests& contests) {
  Trial best;
  for (const auto& [problem, contest] : contests) {
    if (contest.best) best[problem] = *contest.best;
  }
  return best;
}

/// The reason why a run with given candidates failed; nullopt if it succeeded.
using Failure = std::optional<std::string>;

/// Calls attempt() with the first candidates of all choices together, then with the second ones,
/// and so on. A choice without further candidates uses its best one again. If a run that tries
/// several new candidates fails, each of them is later tried alone, with the best candidates of the
/// other choices. This needs at least one successful run.
void contend(const Contests& contests, const std::function<Failure(const Trial& trial)>& attempt) {
  std::size_t rounds = 0;
  for (const auto& [problem, contest] : contests) {
    rounds = std::max(rounds, contest.decision.candidates.size());
  }
  const auto warn = [&](const std::string& problem, std::size_t candidate,
                        const std::string& cause) {
    log(LogLevel::kWarning, "tuning: " + problem + ": rejected " +
                                contests.at(problem).decision.candidates[candidate] + ": " + cause);
  };
  std::vector<Trial> failed;
  std::string last;
  for (std::size_t round = 0; round < rounds; ++round) {
    Trial contestants;
    for (const auto& [problem, contest] : contests) {
      if (round < contest.decision.candidates.size()) contestants[problem] = round;
    }
    Trial trial = contestants;
    trial.merge(best_of(contests));
    const Failure failure = attempt(trial);
    if (!failure) continue;
    last = *failure;
    if (contestants.size() == 1) {
      warn(contestants.begin()->first, round, *failure);
    } else {
      failed.push_back(std::move(contestants));
    }
  }
  if (!failed.empty() && best_of(contests).empty()) {
    log(LogLevel::kWarning, "tuning: no candidate runs: " + last);
    return;
  }
  for (const Trial& together : failed) {
    for (const auto& [problem, candidate] : together) {
      Trial trial{{problem, candidate}};
      trial.merge(best_of(contests));
      if (const Failure failure = attempt(trial)) warn(problem, candidate, *failure);
    }
  }
}

/// A search for the fastest candidates: find_ways() for the choices that hold for all batch sizes,
/// find_kernels() for the kernels of one batch size.
class Search {
 public:
  Search(const Planning& planning, const Running& running, plan::Choices known)
      : planning_(planning), running_(running), known_(std::move(known)) {}

  plan::Choices find_ways() {
    ways_ = open_ways(planning_(known_), known_);
    plan::Choices found = known_;
    contend(ways_, [&](const Trial& trial) {
      way_trial_ = trial;
      plan::Choices choices{known_.ways, found.kernels};
      take_up(choices.ways, ways_, trial);
      return attempt([&]() -> Failure {
        kernels_ = open_kernels(planning_(choices), choices);
        const Failure failure = contend_with_kernels(choices);
        take_up(found.kernels, kernels_, best_of(kernels_));
        return failure;
      });
    });
    take_up(found.ways, ways_, best_of(ways_));
    return found;
  }

  plan::Choices find_kernels() {
    kernels_ = open_kernels(planning_(known_), known_);
    plan::Choices found = known_;
    contend_with_kernels(known_);
    take_up(found.kernels, kernels_, best_of(kernels_));
    return found;
  }

 private:
  /// Finds the fastest kernels, for given choices that hold for all batch sizes. Fails if no run
  /// succeeds.
  Failure contend_with_kernels(const plan::Choices& choices) {
    bits_.reset();
    if (kernels_.empty()) return run(choices, {});
    Failure last;
    bool any = false;
    contend(kernels_, [&](const Trial& trial) {
      plan::Choices with_kernels = choices;
      take_up(with_kernels.kernels, kernels_, trial);
      last = run(with_kernels, trial);
      any = any || !last;
      return last;
    });
    return any ? std::nullopt : last;
  }

  Failure run(const plan::Choices& choices, const Trial& kernel_trial) {
    return attempt([&]() -> Failure {
      const plan::Plan plan = planning_(choices);
      const TrialRun shown = running_(plan);
      if (!bits_) {
        if (!is_near(shown.outputs, plan)) return "results differ from the rule's beyond rounding";
        bits_ = shown.outputs;
        if (!rule_) rule_ = shown.outputs;
      } else if (!is_equal(shown.outputs, *bits_)) {
        return "results are not bit-identical to the rule's";
      }
      note(ways_, way_trial_, shown.seconds);
      note(kernels_, kernel_trial, shown.seconds);
      return std::nullopt;
    });
  }

  template <typename Do>
  static Failure attempt(Do something) {
    try {
      return something();
    } catch (const VulkanError& error) {
      if (error.result() == VK_ERROR_DEVICE_LOST) throw;
      return error.what();
    } catch (const Error& error) {
      return error.what();
    }
  }

  static bool is_equal(const std::vector<float>& a, const std::vector<float>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
  }

  /// Whether the outputs differ only by rounding from those of the default candidates. True if
  /// there are no such outputs yet, or if they are not finite.
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

  const Planning& planning_;
  const Running& running_;
  plan::Choices known_;
  Contests ways_;
  Contests kernels_;
  Trial way_trial_;
  /// Outputs with the default candidates for all batch sizes. Other candidates must give nearly the
  /// same.
  std::optional<std::vector<float>> rule_;
  /// First accepted outputs with the candidates for all batch sizes that are being tried. The
  /// kernels of one batch size must not change these bits.
  std::optional<std::vector<float>> bits_;
};

}  // namespace

plan::Choices find_ways(const Planning& planning, const Running& running,
                        const plan::Choices& known) {
  return Search(planning, running, known).find_ways();
}

plan::Choices find_kernels(const Planning& planning, const Running& running,
                           const plan::Choices& known) {
  return Search(planning, running, known).find_kernels();
}

bool Tuner::knows_ways(const plan::Choices& known) const {
  return open_ways(planner_.plan(way_batch_, known), known).empty();
}

bool Tuner::knows_kernels(std::int64_t batch, const plan::Choices& known) const {
  return open_kernels(planner_.plan(batch, known), known).empty();
}

plan::Choices Tuner::tune_ways(const plan::Choices& known) {
  // A separate planner, so that the graphs of losing paths are freed with it.
  const Planner trials = planner_;
  log(LogLevel::kInfo,
      "tuning: choices for all batch sizes, measured at batch " + std::to_string(way_batch_));
  return find_ways([&](const plan::Choices& choices) { return trials.plan(way_batch_, choices); },
                   [&](const plan::Plan& plan) { return run(plan); }, known);
}

plan::Choices Tuner::tune_kernels(std::int64_t batch, const plan::Choices& known) {
  log(LogLevel::kInfo, "tuning: kernels for batch " + std::to_string(batch));
  return find_kernels([&](const plan::Choices& choices) { return planner_.plan(batch, choices); },
                      [&](const plan::Plan& plan) { return run(plan); }, known);
}

/// Runs the plan several times. The time of a choice is the sum over its steps, in the run in which
/// this sum is least.
TrialRun Tuner::run(const plan::Plan& plan) {
  // If the plan needs any weights in another form, those of the last plan are freed first.
  if (!constants_.holds(plan)) constants_.clear();
  constants_.upload(plan);
  const BatchPipeline pipeline(context_, plan, constants_, {.timestamps = true});
  TimedPipeline timed(context_, pipeline);
  std::map<std::string, double> fastest;
  const auto start = std::chrono::steady_clock::now();
  const auto elapsed = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  for (int run = 0; run < kLeastTrialRuns || (run < kMostRuns && elapsed() < kEnoughSeconds); ++run) {
    timed.run();
    const std::vector<double> seconds = pipeline.step_seconds();
    std::map<std::string, double> sums;
    for (std::size_t i = 0; i < seconds.size(); ++i) {
      const plan::Decisions& decisions = plan.steps[i].decisions;
      if (decisions.way) sums[decisions.way->problem] += seconds[i];
      if (decisions.kernel) sums[decisions.kernel->problem] += seconds[i];
    }
    for (const auto& [problem, sum] : sums) {
      const auto entry = fastest.try_emplace(problem, sum).first;
      entry->second = std::min(entry->second, sum);
    }
  }
  return {std::move(fastest), pipeline.output(0)};
}

}  // namespace gfnet::runtime
