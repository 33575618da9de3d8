#include "runtime/tuner.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <string>

#include "base/log.h"
#include "gfnet/error.h"
#include "plan/plan.h"
#include "runtime/batch_pipeline.h"

namespace gfnet::runtime {
namespace {

/// Below this all steps of a problem together take microseconds on a GPU and little on anything.
/// Moving a byte takes a device about as long as so many operations.
constexpr double kLeastFlops = 2e7;
constexpr double kFlopsOfByte = 10;
constexpr int kLeastRuns = 3;
constexpr int kMostRuns = 20;
constexpr double kEnoughSeconds = 0.1;

struct Contest {
  std::vector<std::string> candidates;
  /// What its steps do, or as much as they move.
  double flops = 0;
  std::string best;
  double best_seconds = std::numeric_limits<double>::infinity();
};

std::map<std::string, Contest> open_contests(const plan::Plan& plan, const plan::Choices& known) {
  std::map<std::string, Contest> contests;
  for (const plan::Step& step : plan.steps) {
    if (!step.decision || step.decision->candidates.size() < 2) continue;
    if (known.find(step.decision->problem) != nullptr) continue;
    Contest& contest = contests[step.decision->problem];
    contest.candidates = step.decision->candidates;
    contest.flops += std::max(step.flops, kFlopsOfByte * step.bytes);
  }
  std::erase_if(contests, [](const auto& entry) { return entry.second.flops < kLeastFlops; });
  return contests;
}

/// For every problem the seconds of all its steps, in the fastest of a few runs.
std::map<std::string, double> measure(DeviceContext& context, const plan::Plan& plan) {
  ConstantStore constants(context.device());
  constants.upload(plan);
  const BatchPipeline pipeline(context, plan, constants, {.timestamps = true});
  std::map<std::string, double> fastest;
  const auto start = std::chrono::steady_clock::now();
  const auto elapsed = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  for (int run = 0; run < kLeastRuns || (run < kMostRuns && elapsed() < kEnoughSeconds); ++run) {
    context.device().submit(pipeline.commands()).wait();
    const std::vector<double> seconds = pipeline.step_seconds();
    std::map<std::string, double> sums;
    for (std::size_t i = 0; i < seconds.size(); ++i) {
      const auto& decision = plan.steps[i].decision;
      if (decision) sums[decision->problem] += seconds[i];
    }
    for (const auto& [problem, sum] : sums) {
      const auto entry = fastest.try_emplace(problem, sum).first;
      entry->second = std::min(entry->second, sum);
    }
  }
  return fastest;
}

}  // namespace

plan::Choices find_fastest(const Planning& planning, const Timing& timing,
                           const plan::Choices& known) {
  auto contests = open_contests(planning(known), known);
  std::size_t rounds = 0;
  for (const auto& [problem, contest] : contests) {
    rounds = std::max(rounds, contest.candidates.size());
  }
  for (std::size_t round = 0; round < rounds; ++round) {
    plan::Choices trial = known;
    for (const auto& [problem, contest] : contests) {
      // Who has no more candidates runs its best once more.
      trial.set(problem,
                round < contest.candidates.size() ? contest.candidates[round] : contest.best);
    }
    log(LogLevel::kInfo, "tuning: " + std::to_string(round + 1) + " of " + std::to_string(rounds));
    try {
      for (const auto& [problem, seconds] : timing(planning(trial))) {
        const auto contest = contests.find(problem);
        if (contest == contests.end()) continue;
        const std::string& candidate = *trial.find(problem);
        log(LogLevel::kDebug,
            problem + ": " + candidate + " " + std::to_string(seconds * 1e3) + " ms");
        if (seconds < contest->second.best_seconds) {
          contest->second.best_seconds = seconds;
          contest->second.best = candidate;
        }
      }
    } catch (const UnsupportedError& error) {
      // A candidate that the driver cannot build loses; those beside it in this round may win less.
      log(LogLevel::kWarning, std::string("tuning: ") + error.what());
    }
  }
  plan::Choices found = known;
  for (const auto& [problem, contest] : contests) {
    if (!contest.best.empty()) found.set(problem, contest.best);
  }
  return found;
}

bool is_tuned(DeviceContext& context, const Planner& planner, std::int64_t batch,
              const plan::Choices& known) {
  return context.device().info().timestamp_bits == 0 ||
         open_contests(planner.plan(batch, known), known).empty();
}

plan::Choices tune(DeviceContext& context, const Planner& planner, std::int64_t batch,
                   const plan::Choices& known) {
  if (context.device().info().timestamp_bits == 0) return known;
  // A planner of its own: graphs of paths that lose do not outlive the contest.
  const Planner trials = planner;
  return find_fastest([&](const plan::Choices& choices) { return trials.plan(batch, choices); },
                      [&](const plan::Plan& plan) { return measure(context, plan); }, known);
}

}  // namespace gfnet::runtime
