#include "compiled.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

#include "table.h"

namespace app {
namespace {

struct Title {
  std::string_view title;
  /// The drivers' names for it.
  std::array<std::string_view, 4> names;
};

constexpr Title kTitles[] = {
    {"subgroup", {"Subgroup size"}},
    {"registers", {"VGPRs", "Register Count", "Number of GRF registers", "GPRs"}},
    {"scalar registers", {"SGPRs"}},
    {"spilled", {"Spilled VGPRs", "Spill Count"}},
    {"scalar spilled", {"Spilled SGPRs"}},
    {"scratch B", {"Scratch size", "Scratch Memory Size", "Stack Size", "Local Memory Size"}},
    {"shared B", {"LDS size", "Workgroup Memory Size", "Shared Memory Size"}},
    {"subgroups/SIMD", {"Subgroups per SIMD"}},
    {"code B", {"Code size", "Binary Size"}},
    {"instructions", {"Instructions", "Instruction Count"}},
};

/// The driver's value for a title, or "".
std::string value_of(const gfnet::CompiledPipeline& pipeline, const Title& title) {
  for (const gfnet::CompiledFigure& figure : pipeline.figures) {
    if (std::ranges::find(title.names, std::string_view(figure.name)) != title.names.end()) {
      return figure.value;
    }
  }
  return "";
}

template <typename Numbers>
std::string joined(const Numbers& numbers, const char* separator) {
  std::string text;
  for (const std::uint32_t number : numbers) {
    text += (text.empty() ? "" : separator) + std::to_string(number);
  }
  return text;
}

}  // namespace

std::string compiled_table(const std::vector<gfnet::CompiledPipeline>& pipelines) {
  std::vector<const Title*> titles;
  for (const Title& title : kTitles) {
    if (std::ranges::any_of(pipelines,
                            [&](const auto& p) { return !value_of(p, title).empty(); })) {
      titles.push_back(&title);
    }
  }
  const bool in_plan = std::ranges::any_of(pipelines, [](const auto& p) { return p.steps > 0; });
  std::vector<Column> columns{{"kernel"}, {"constants"}, {"workgroup"}};
  if (in_plan) columns.push_back({"steps", Align::kRight});
  for (const Title* title : titles) columns.push_back({std::string(title->title), Align::kRight});
  Table table(std::move(columns));
  std::string refusals;
  std::size_t silent = 0;
  for (const gfnet::CompiledPipeline& p : pipelines) {
    if (!p.refusal.empty()) {
      refusals += "not on this device: " + p.refusal + "\n";
      continue;
    }
    silent += p.figures.empty() ? 1 : 0;
    std::vector<std::string> cells{p.kernel,
                                   p.specialization.empty() ? "-" : joined(p.specialization, ","),
                                   joined(p.workgroup, "×")};
    if (in_plan) cells.push_back(std::to_string(p.steps));
    for (const Title* title : titles) cells.push_back(value_of(p, *title));
    table.add(std::move(cells));
  }
  std::string text = table.text();
  if (silent > 0) text += "no driver statistics for " + std::to_string(silent) + " of these\n";
  return text + refusals;
}

std::string compiled_json(const std::vector<gfnet::CompiledPipeline>& pipelines) {
  auto document = nlohmann::ordered_json::array();
  for (const gfnet::CompiledPipeline& p : pipelines) {
    nlohmann::ordered_json entry{
        {"kernel", p.kernel}, {"specialization", p.specialization}, {"steps", p.steps}};
    if (!p.refusal.empty()) {
      entry["refusal"] = p.refusal;
    } else {
      entry["workgroup"] = p.workgroup;
      entry["figures"] = nlohmann::ordered_json::array();
      for (const gfnet::CompiledFigure& figure : p.figures) {
        entry["figures"].push_back(
            {{"name", figure.name}, {"value", figure.value}, {"description", figure.description}});
      }
    }
    document.push_back(std::move(entry));
  }
  return document.dump(2);
}

}  // namespace app
