#include "vulkan/pipelines/code_figures.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "gfnet/text.h"

namespace gfnet::vulkan {
namespace {

/// Which value is used if a driver reports a statistic several times.
enum class Choice { kFirst, kLargest };

struct Title {
  std::string_view title;
  std::string_view meaning;
  Choice choice;
  /// The names that drivers give to the statistic with this title, in lower case.
  std::array<std::string_view, 9> names;
  /// Name of another statistic, in lower case. The value of this other statistic is used only if a
  /// driver reports none of `names`.
  std::string_view last_resort = "";
};

// The names that Mesa's drivers use: those of src/util/shader_stats.xml and those of versions
// before that file. Drivers: RADV, ANV and HASVK, NVK, Turnip, Honeykrisp, PanVK, V3DV, PVR; and
// NVIDIA's.
constexpr Title kTitles[] = {
    {"subgroup", "invocations that run in step", Choice::kFirst, {"subgroup size"}},
    // A width in bits is the driver's: 16 for Honeykrisp, 128 for Turnip, else mostly 32.
    {"registers",
     "vector registers of an invocation, or of a subgroup, as the driver counts",
     Choice::kLargest,
     {"vgprs", "register count", "number of grf registers", "grf registers", "gprs",
      "number of gprs", "registers used", "registers", "temp count"},
     "max live registers"},
    {"scalar registers", "registers that a subgroup shares", Choice::kLargest, {"sgprs"}},
    // Turnip counts the instructions that store to private memory instead.
    {kSpilled,
     "values that did not fit the registers, or the instructions that move them to memory",
     Choice::kLargest,
     {"spilled vgprs", "spill count", "spills", "spills to memory", "tmu spills", "stp count"}},
    {"scalar spilled",
     "values that did not fit the scalar registers",
     Choice::kLargest,
     {"spilled sgprs"}},
    {"scratch B",
     "private memory of an invocation in bytes",
     Choice::kLargest,
     {"scratch size", "scratch memory size", "scratch", "stack size", "local memory size",
      "slm size", "spill size"}},
    {"shared B",
     "shared memory of a workgroup in bytes",
     Choice::kLargest,
     {"lds size", "workgroup memory size", "shared memory size"}},
    // V3DV's threads are subgroups.
    {"subgroups/SIMD",
     "subgroups that a SIMD unit can hold at once",
     Choice::kFirst,
     {"subgroups per simd", "thread count"}},
    {"subgroups/core",
     "subgroups that a core can hold at once",
     Choice::kFirst,
     {"max warps/sm", "max waves per core"}},
    // PanVK says 2 or 1: as many as the core has room for, or half of them.
    {"threads/core", "invocations that a core can hold at once", Choice::kFirst, {"threads"}},
    {"code B", "size of the code in bytes", Choice::kFirst, {"code size", "binary size"}},
    {"instructions",
     "instructions of the code",
     Choice::kFirst,
     {"instructions", "instruction count", "inst group count"}},
};

bool is_one_of(const Title& title, std::string_view name) {
  return std::ranges::find(title.names, name) != title.names.end();
}

bool is_about_spills(std::string_view name) {
  return name.find("spill") != std::string_view::npos ||
         name.find("scratch") != std::string_view::npos;
}

std::optional<double> number_in(const std::string& text) {
  double number = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc()) return {};
  return number;
}

/// Whether `one` is a larger number than `other`. Text that is not a number is below every number.
bool exceeds(const std::string& one, const std::string& other) {
  return number_in(one) > number_in(other);
}

/// The statistic's value under this title. Empty if the value cannot be true.
std::string value_under(const Title& title, const PipelineStatistic& statistic) {
  // ANV reports no GRF registers for generations whose register file has one size.
  if (title.title == "registers" && number_in(statistic.value) == 0) return {};
  // Turnip counts code in words of four bytes.
  std::int64_t words = 0;
  const char* end = statistic.value.data() + statistic.value.size();
  if (title.title == "code B" && statistic.description.find("dwords") != std::string::npos &&
      std::from_chars(statistic.value.data(), end, words).ec == std::errc()) {
    return std::to_string(words * 4);
  }
  return statistic.value;
}

/// Finds the value for a title among the statistics of one pipeline. Returns "" if the driver
/// reports no statistic with this title.
std::string value_of(const Title& title, std::span<const PipelineStatistic> statistics) {
  std::string value;
  std::string last_resort;
  for (const PipelineStatistic& statistic : statistics) {
    const std::string name = lower_case(statistic.name);
    if (name.empty()) continue;
    if (is_one_of(title, name)) {
      std::string said = value_under(title, statistic);
      const bool is_larger = title.choice == Choice::kLargest && exceeds(said, value);
      if (value.empty() || is_larger) value = std::move(said);
    } else if (name == title.last_resort && exceeds(statistic.value, last_resort)) {
      last_resort = statistic.value;
    }
  }
  return value.empty() ? last_resort : value;
}

}  // namespace

std::vector<CodeFigure> code_figures(std::span<const PipelineStatistic> statistics) {
  std::vector<CodeFigure> figures;
  for (const Title& title : kTitles) {
    figures.push_back(
        {std::string(title.title), value_of(title, statistics), std::string(title.meaning)});
  }
  const auto first_unknown = static_cast<std::ptrdiff_t>(figures.size());
  for (const PipelineStatistic& statistic : statistics) {
    const std::string name = lower_case(statistic.name);
    const bool has_title =
        std::ranges::any_of(kTitles, [&](const Title& title) { return is_one_of(title, name); });
    if (has_title || !is_about_spills(name)) continue;
    const auto known = std::ranges::find(figures.begin() + first_unknown, figures.end(),
                                         statistic.name, &CodeFigure::title);
    if (known == figures.end()) {
      figures.push_back({statistic.name, statistic.value, statistic.description});
    } else if (exceeds(statistic.value, known->value)) {
      known->value = statistic.value;
    }
  }
  return figures;
}

}  // namespace gfnet::vulkan
