#include "commands/compiled_report.h"

#include <fmt/format.h>
#include <gfnet/table.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace app {
namespace {

using gfnet::Align;
using gfnet::Column;
using gfnet::Table;

/// The value of a pipeline's figure with this title. "" if the driver reports none.
std::string value_of(const gfnet::CompiledPipeline& pipeline, const std::string& title) {
  const auto figure = std::ranges::find(pipeline.summary, title, &gfnet::CompiledFigure::name);
  return figure == pipeline.summary.end() ? "" : figure->value;
}

/// The column titles of the table: all titles for which at least one pipeline has a value, in the
/// order of the summaries.
std::vector<std::string> titles_of(const std::vector<gfnet::CompiledPipeline>& pipelines) {
  std::vector<std::string> titles;
  for (const gfnet::CompiledPipeline& pipeline : pipelines) {
    for (const gfnet::CompiledFigure& figure : pipeline.summary) {
      if (std::ranges::find(titles, figure.name) == titles.end()) titles.push_back(figure.name);
    }
  }
  std::erase_if(titles, [&](const std::string& title) {
    return std::ranges::all_of(pipelines,
                               [&](const auto& p) { return value_of(p, title).empty(); });
  });
  return titles;
}

}  // namespace

std::string compiled_table(const std::vector<gfnet::CompiledPipeline>& pipelines) {
  const std::vector<std::string> titles = titles_of(pipelines);
  const bool in_plan = std::ranges::any_of(pipelines, [](const auto& p) { return p.steps > 0; });
  std::vector<Column> columns{{"kernel"}, {"constants"}, {"workgroup"}};
  if (in_plan) columns.push_back({"steps", Align::kRight});
  for (const std::string& title : titles) columns.push_back({title, Align::kRight});
  Table table(std::move(columns));
  std::string refusals;
  std::size_t silent = 0;
  for (const gfnet::CompiledPipeline& p : pipelines) {
    if (!p.refusal.empty()) {
      refusals += fmt::format("not on this device: {}\n", p.refusal);
      continue;
    }
    silent += p.figures.empty() ? 1 : 0;
    std::vector<std::string> cells{
        p.kernel,
        p.specialization.empty() ? "-" : fmt::format("{}", fmt::join(p.specialization, ",")),
        fmt::format("{}", fmt::join(p.workgroup, "×"))};
    if (in_plan) cells.push_back(std::to_string(p.steps));
    for (const std::string& title : titles) cells.push_back(value_of(p, title));
    table.add(std::move(cells));
  }
  std::string text = table.text();
  if (silent > 0) text += fmt::format("no driver statistics for {} of these\n", silent);
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
      entry["summary"] = nlohmann::ordered_json::object();
      for (const gfnet::CompiledFigure& figure : p.summary) {
        if (!figure.value.empty()) entry["summary"][figure.name] = figure.value;
      }
    }
    document.push_back(std::move(entry));
  }
  return document.dump(2);
}

}  // namespace app
