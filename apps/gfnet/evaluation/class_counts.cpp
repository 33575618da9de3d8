#include "evaluation/class_counts.h"

namespace app {
namespace {

std::optional<double> share(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

ClassCounts::ClassCounts(std::int64_t classes) : of_(static_cast<std::size_t>(classes)) {}

void ClassCounts::count(std::int64_t expected, std::int64_t predicted) {
  ++of_[static_cast<std::size_t>(expected)].images;
  ++of_[static_cast<std::size_t>(predicted)].predicted;
  if (expected == predicted) ++of_[static_cast<std::size_t>(expected)].correct;
  ++pairs_[{expected, predicted}];
}

std::optional<double> ClassCounts::precision(std::int64_t index) const {
  return share(at(index).correct, at(index).predicted);
}

std::optional<double> ClassCounts::recall(std::int64_t index) const {
  return share(at(index).correct, at(index).images);
}

std::vector<gfnet::ConfusionCell> ClassCounts::cells() const {
  std::vector<gfnet::ConfusionCell> cells;
  cells.reserve(pairs_.size());
  for (const auto& [pair, images] : pairs_) cells.push_back({pair.first, pair.second, images});
  return cells;
}

}  // namespace app
