#include "commands/compiled_figures.h"

#include <gfnet/text.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <utility>

namespace app {
namespace {

/// Which value is used if a driver reports a figure (one statistic of a pipeline) several times.
enum class Choice { kFirst, kLargest };

struct Title {
  std::string_view title;
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
    {"subgroup", Choice::kFirst, {"subgroup size"}},
    {"registers",
     Choice::kLargest,
     {"vgprs", "register count", "number of grf registers", "grf registers", "gprs",
      "number of gprs", "registers used", "registers", "temp count"},
     "max live registers"},
    {"scalar registers", Choice::kLargest, {"sgprs"}},
    // Turnip counts the instructions that store to private memory instead.
    {"spilled",
     Choice::kLargest,
     {"spilled vgprs", "spill count", "spills", "spills to memory", "tmu spills", "stp count"}},
    {"scalar spilled", Choice::kLargest, {"spilled sgprs"}},
    {"scratch B",
     Choice::kLargest,
     {"scratch size", "scratch memory size", "scratch", "stack size", "local memory size",
      "slm size", "spill size"}},
    {"shared B", Choice::kLargest, {"lds size", "workgroup memory size", "shared memory size"}},
    {"subgroups/SIMD", Choice::kFirst, {"subgroups per simd"}},
    {"subgroups/core", Choice::kFirst, {"max warps/sm", "max waves per core"}},
    {"code B", Choice::kFirst, {"code size", "binary size"}},
    {"instructions", Choice::kFirst, {"instructions", "instruction count", "inst group count"}},
};

bool is_one_of(const Title& title, std::string_view name) {
  return std::ranges::find(title.names, name) != title.names.end();
}

bool is_about_spills(std::string_view name) {
  return name.find("spill") != std::string_view::npos ||
         name.find("scratch") != std::string_view::npos;
}

/// Whether `one` is a larger number than `other`. Text that is not a number is below every number.
bool exceeds(const std::string& one, const std::string& other) {
  double a = 0;
  double b = 0;
  const auto parse = [](const std::string& text, double& number) {
    return std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc();
  };
  return parse(one, a) && (!parse(other, b) || a > b);
}

/// Finds the value for a table column (`title`) among the statistics of one pipeline. Returns "" if
/// the driver reports no statistic for this column.
std::string value_of(const Title& title, const std::vector<gfnet::CompiledFigure>& figures) {
  std::string value;
  std::string last_resort;
  for (const gfnet::CompiledFigure& figure : figures) {
    const std::string name = gfnet::lower_case(figure.name);
    if (name.empty()) continue;
    if (is_one_of(title, name)) {
      const bool is_larger = title.choice == Choice::kLargest && exceeds(figure.value, value);
      if (value.empty() || is_larger) value = figure.value;
    } else if (name == title.last_resort && exceeds(figure.value, last_resort)) {
      last_resort = figure.value;
    }
  }
  return value.empty() ? last_resort : value;
}

}  // namespace

std::size_t place_of(std::string_view title) {
  return static_cast<std::size_t>(std::ranges::find(kTitles, title, &Title::title) -
                                  std::begin(kTitles));
}

std::vector<TitledFigure> titled_figures(const std::vector<gfnet::CompiledFigure>& figures) {
  std::vector<TitledFigure> titled;
  for (const Title& title : kTitles) {
    std::string value = value_of(title, figures);
    if (!value.empty()) titled.push_back({std::string(title.title), std::move(value)});
  }
  const auto first_unknown = static_cast<std::ptrdiff_t>(titled.size());
  for (const gfnet::CompiledFigure& figure : figures) {
    const std::string name = gfnet::lower_case(figure.name);
    const bool has_title =
        std::ranges::any_of(kTitles, [&](const Title& title) { return is_one_of(title, name); });
    if (has_title || !is_about_spills(name)) continue;
    const auto known = std::ranges::find(titled.begin() + first_unknown, titled.end(), figure.name,
                                         &TitledFigure::title);
    if (known == titled.end()) {
      titled.push_back({figure.name, figure.value});
    } else if (exceeds(figure.value, known->value)) {
      known->value = figure.value;
    }
  }
  return titled;
}

}  // namespace app
