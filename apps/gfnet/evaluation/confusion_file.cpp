#include "evaluation/confusion_file.h"

#include <fmt/format.h>
#include <gfnet/drawing.h>

#include <vector>

#include "command_line/usage_error.h"
#include "output/csv_field.h"

namespace app {
namespace {

bool is_drawing(const std::string& path) { return gfnet::lower_case(path).ends_with(".png"); }

bool is_table(const std::string& path) { return gfnet::lower_case(path).ends_with(".csv"); }

std::vector<std::string> short_labels(const gfnet::Model& model) {
  std::vector<std::string> labels;
  for (std::int64_t i = 0; i < model.description().classes; ++i) {
    labels.push_back(model.short_label_of(i));
  }
  return labels;
}

std::string csv_of(const std::vector<gfnet::ConfusionCell>& cells,
                   const std::vector<std::string>& labels) {
  std::string text = "class,label";
  for (const std::string& label : labels) text += "," + csv_field(label);
  text += "\r\n";
  auto cell = cells.begin();
  for (std::size_t row = 0; row < labels.size(); ++row) {
    text += fmt::format("{},{}", row, csv_field(labels[row]));
    for (std::size_t column = 0; column < labels.size(); ++column) {
      const bool is_here = cell != cells.end() &&
                           cell->expected == static_cast<std::int64_t>(row) &&
                           cell->predicted == static_cast<std::int64_t>(column);
      text += fmt::format(",{}", is_here ? (cell++)->images : 0);
    }
    text += "\r\n";
  }
  return text;
}

}  // namespace

void ConfusionFile::check_usage(const std::string& path, std::int64_t classes) {
  if (!is_drawing(path) && !is_table(path)) {
    throw UsageError(fmt::format("eval: --confusion '{}' does not end in .csv or .png", path));
  }
  if (classes > kMostClasses) {
    throw UsageError(fmt::format("eval: --confusion takes up to {} classes; the model has {}",
                                 kMostClasses, classes));
  }
}

ConfusionFile::ConfusionFile(const std::string& path)
    : is_drawing_(is_drawing(path)), file_(path) {}

void ConfusionFile::write(const ClassCounts& counts, const gfnet::Model& model) const {
  const std::vector<gfnet::ConfusionCell> cells = counts.cells();
  const std::vector<std::string> labels = short_labels(model);
  if (is_drawing_) {
    file_.write(gfnet::encode_png(gfnet::confusion_sheet(cells, labels)));
  } else {
    file_.write(csv_of(cells, labels));
  }
}

}  // namespace app
