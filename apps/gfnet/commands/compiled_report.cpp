#include "commands/compiled_report.h"

#include <fmt/format.h>
#include <gfnet/table.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "commands/compiled_figures.h"

namespace app {
namespace {

using gfnet::Align;
using gfnet::Column;
using gfnet::Table;

/// The column titles of the table: all titles for which at least one pipeline has a value, in the
/// order of the columns.
std::vector<std::string> titles_of(const std::vector<std::vector<TitledFigure>>& figures) {
  std::vector<std::string> titles;
  for (const std::vector<TitledFigure>& of_pipeline : figures) {
    for (const TitledFigure& figure : of_pipeline) {
      if (std::ranges::find(titles, figure.title) == titles.end()) titles.push_back(figure.title);
    }
  }
  std::ranges::stable_sort(titles, {}, place_of);
  return titles;
}

}  // namespace

std::string compiled_table(const std::vector<gfnet::CompiledPipeline>& pipelines) {
  std::vector<std::vector<TitledFigure>> figures;
  for (const gfnet::CompiledPipeline& p : pipelines) figures.push_back(titled_figures(p.figures));
  const std::vector<std::string> titles = titles_of(figures);
  const bool in_plan = std::ranges::any_of(pipelines, [](const auto& p) { return p.steps > 0; });
  std::vector<Column> columns{{"kernel"}, {"constants"}, {"workgroup"}};
  if (in_plan) columns.push_back({"steps", Align::kRight});
  for (const std::string& title : titles) columns.push_back({title, Align::kRight});
  Table table(std::move(columns));
  std::string refusals;
  std::size_t silent = 0;
  for (std::size_t i = 0; i < pipelines.size(); ++i) {
    const gfnet::CompiledPipeline& p = pipelines[i];
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
    for (const std::string& title : titles) {
      const auto figure = std::ranges::find(figures[i], title, &TitledFigure::title);
      cells.push_back(figure == figures[i].end() ? "" : figure->value);
    }
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
    }
    document.push_back(std::move(entry));
  }
  return document.dump(2);
}

}  // namespace app
