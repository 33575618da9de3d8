#include <fmt/format.h>

#include <map>

#include "gfnet/table.h"
#include "plan/memory_need.h"
#include "plan/plan.h"

namespace gfnet::plan {
namespace {

/// The cells of a step's row in the table: kernel, threads and specialisation constants.
struct StepCells {
  std::string kernel;
  std::string threads;
  std::string specialization;
};

StepCells cells_of(const KernelStep& kernel) {
  const std::string constants = fmt::format("{}", fmt::join(kernel.specialization.values(), ","));
  return {kernel.kernel, fmt::format("{}", fmt::join(kernel.threads, "×")),
          constants.empty() ? "-" : constants};
}

StepCells cells_of(const FftStep& fft) {
  return {fft.inverse ? "VkFFT irfft2" : "VkFFT rfft2",
          fmt::format("{} of {}×{}", fft.batches, fft.grid.height, fft.grid.width), "-"};
}

/// One line per choice: what is chosen, the chosen candidate, the other candidates.
std::string lines_of(const std::map<std::string, const graph::Choice*>& by_key) {
  Table table(std::vector<Column>(3));
  for (const auto& [key, choice] : by_key) {
    std::string others;
    for (std::size_t i = 0; i < choice->candidates.size(); ++i) {
      if (i == choice->chosen) continue;
      others += (others.empty() ? "" : "; ") + choice->candidates[i];
    }
    table.add({key, choice->name(), "instead of " + others});
  }
  return table.text(Table::Head::kNone);
}

std::string choices_of(const Plan& plan) {
  std::map<std::string, const graph::Choice*> algorithms;
  std::map<std::string, const graph::Choice*> kernels;
  const auto note = [](std::map<std::string, const graph::Choice*>& by_key,
                       const std::optional<graph::Choice>& choice) {
    if (choice && choice->candidates.size() > 1) by_key[choice->key] = &*choice;
  };
  for (const Step& step : plan.steps) {
    note(algorithms, step.choices.algorithm);
    note(kernels, step.choices.kernel);
  }
  std::string text;
  if (!algorithms.empty()) {
    text += "\nchosen for every batch size, by measurement or by rule:\n" + lines_of(algorithms);
  }
  if (!kernels.empty()) {
    text += "\nchosen for this batch size, by measurement or by rule:\n" + lines_of(kernels);
  }
  return text;
}

std::string two_decimals(double value) { return fmt::format("{:.2f}", value); }

std::string mebibytes(double bytes) { return two_decimals(bytes / (1 << 20)); }

std::string memory_text(const MemoryNeed& need) {
  const auto size = [](std::uint64_t bytes) { return mebibytes(static_cast<double>(bytes)); };
  std::string text = fmt::format(
      "memory: weights {} MiB, arena {} MiB (input {} MiB of it), total {} MiB\n"
      "bound: weights + input + 1.5 × the largest working set of a block = {} MiB\n",
      size(need.weights_bytes), size(need.arena_bytes), size(need.input_bytes),
      size(need.planned_bytes()), size(need.bound_bytes()));
  if (!need.block_step.empty()) {
    text += fmt::format("largest working set of a block: {} MiB, at {}\n", size(need.block_bytes),
                        need.block_step);
  }
  return text;
}

}  // namespace

std::string to_text(const Plan& plan) {
  Table table({{"step"},
               {"kernel"},
               {"threads"},
               {"constants"},
               {"MFLOP", Align::kRight, 10},
               {"MiB", Align::kRight, 8}});
  double flops = 0;
  double bytes = 0;
  for (const Step& step : plan.steps) {
    const auto [kernel, threads, specialization] =
        std::visit([](const auto& work) { return cells_of(work); }, step.work);
    table.add({step.name, kernel, threads, specialization, two_decimals(step.flops / 1e6),
               mebibytes(step.bytes)});
    flops += step.flops;
    bytes += step.bytes;
  }
  return fmt::format("{}\n{} steps, batch {}, {}: {} GFLOP, {} MiB moved\n",
                     table.text(Table::Head::kTitles), plan.steps.size(), plan.batch,
                     precision_of(plan), two_decimals(flops / 1e9), mebibytes(bytes)) +
         memory_text(memory_need(plan)) + choices_of(plan);
}

}  // namespace gfnet::plan
