#include <algorithm>
#include <array>
#include <iomanip>
#include <map>
#include <sstream>

#include "plan/memory_need.h"
#include "plan/plan.h"

namespace gfnet::plan {
namespace {

std::string threads_of(const KernelStep& kernel) {
  return std::to_string(kernel.threads[0]) + "×" + std::to_string(kernel.threads[1]) + "×" +
         std::to_string(kernel.threads[2]);
}

std::string specialization_of(const KernelStep& kernel) {
  std::string text;
  for (std::uint32_t value : kernel.specialization.values()) {
    text += (text.empty() ? "" : ",") + std::to_string(value);
  }
  return text.empty() ? "-" : text;
}

struct Row {
  std::string step;
  std::string kernel;
  std::string threads;
  std::string specialization;
};

struct RowVisitor {
  std::string step;

  Row operator()(const KernelStep& kernel) const {
    return {step, kernel.kernel, threads_of(kernel), specialization_of(kernel)};
  }
  Row operator()(const FftStep& fft) const {
    return {step, fft.inverse ? "VkFFT irfft2" : "VkFFT rfft2",
            std::to_string(fft.batches) + " of " + std::to_string(fft.grid.height) + "×" +
                std::to_string(fft.grid.width),
            "-"};
  }
};

/// Columns that UTF-8 text occupies in a terminal. setw counts bytes, and "×" has two of them.
std::size_t columns_of(const std::string& text) {
  std::size_t columns = 0;
  for (char c : text) columns += (static_cast<unsigned char>(c) & 0xC0u) != 0x80u;
  return columns;
}

std::string padded(const std::string& text, std::size_t width) {
  const std::size_t columns = columns_of(text);
  return text + std::string(columns < width ? width - columns : 0, ' ');
}

/// One line per choice: what is chosen, the chosen candidate, the other candidates.
std::string lines_of(const std::map<std::string, const graph::Choice*>& by_key) {
  std::size_t key_width = 0;
  std::size_t chosen_width = 0;
  for (const auto& [key, choice] : by_key) {
    key_width = std::max(key_width, columns_of(key));
    chosen_width = std::max(chosen_width, columns_of(choice->name()));
  }
  std::string text;
  for (const auto& [key, choice] : by_key) {
    std::string others;
    for (std::size_t i = 0; i < choice->candidates.size(); ++i) {
      if (i == choice->chosen) continue;
      others += (others.empty() ? "" : "; ") + choice->candidates[i];
    }
    text += padded(key, key_width) + "  " + padded(choice->name(), chosen_width) + "  instead of " +
            others + "\n";
  }
  return text;
}

std::string decisions_of(const Plan& plan) {
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

double in_mebibytes(double bytes) { return bytes / (1 << 20); }

void print_memory(std::ostream& out, const MemoryNeed& need) {
  const auto size = [](std::uint64_t bytes) { return in_mebibytes(static_cast<double>(bytes)); };
  out << "memory: weights " << size(need.weights_bytes) << " MiB, arena " << size(need.arena_bytes)
      << " MiB (input " << size(need.input_bytes) << " MiB of it), total "
      << size(need.planned_bytes()) << " MiB\n"
      << "bound: weights + input + 1.5 × the largest working set of a block = "
      << size(need.bound_bytes()) << " MiB\n";
  if (need.block_step.empty()) return;
  out << "largest working set of a block: " << size(need.block_bytes) << " MiB, at "
      << need.block_step << "\n";
}

}  // namespace

std::string to_text(const Plan& plan) {
  std::vector<Row> rows{{"step", "kernel", "threads", "constants"}};
  for (const Step& step : plan.steps) rows.push_back(std::visit(RowVisitor{step.name}, step.work));
  const auto width = [&](std::string Row::*column) {
    std::size_t widest = 0;
    for (const Row& row : rows) widest = std::max(widest, columns_of(row.*column));
    return widest + 2;
  };
  const std::array columns{&Row::step, &Row::kernel, &Row::threads, &Row::specialization};
  std::array<std::size_t, columns.size()> widths{};
  std::ranges::transform(columns, widths.begin(), width);

  std::ostringstream out;
  out << std::fixed << std::setprecision(2);
  double flops = 0;
  double bytes = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t c = 0; c < columns.size(); ++c) out << padded(rows[i].*columns[c], widths[c]);
    if (i == 0) {
      out << std::setw(10) << "MFLOP" << std::setw(10) << "MiB"
          << "\n";
      continue;
    }
    const Step& step = plan.steps[i - 1];
    out << std::setw(10) << step.flops / 1e6 << std::setw(10) << in_mebibytes(step.bytes) << "\n";
    flops += step.flops;
    bytes += step.bytes;
  }
  out << "\n"
      << plan.steps.size() << " steps, batch " << plan.batch << ", " << precision_of(plan) << ": "
      << flops / 1e9 << " GFLOP, " << in_mebibytes(bytes) << " MiB moved\n";
  print_memory(out, memory_need(plan));
  out << decisions_of(plan);
  return out.str();
}

}  // namespace gfnet::plan
