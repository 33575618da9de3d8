#include <fmt/format.h>
#include <gfnet/drawing.h>
#include <gfnet/gfnet.h>
#include <gfnet/table.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>

#include "command_line/command.h"
#include "command_line/options.h"
#include "command_line/usage_error.h"
#include "inputs/inputs.h"
#include "inputs/overwrite.h"
#include "job/image_reader.h"
#include "job/labeller.h"
#include "output/array_file.h"
#include "output/drawing_file.h"
#include "system/paths.h"
#include "terminal/units.h"

namespace app {
namespace {

using gfnet::system::path_of;
using gfnet::system::text_of;

using gfnet::Align;
using gfnet::Table;

/// Largest number of images that one drawing of `gfnet explain` shows.
constexpr std::size_t kMostImages = 32;

struct ExplainCommandOptions {
  ModelOptions model;
  std::vector<std::string> paths;
  std::string class_name;
  std::string scores;
  std::optional<std::int64_t> layer;
  std::string output;
  std::string map;
};

bool is_label(const gfnet::Model& model, std::int64_t index, const std::string& text) {
  return text == model.label_of(index) || text == model.short_label_of(index) ||
         text == model.synset_of(index);
}

/// Index of the class that `text` names by number, label, short label or synset. Throws UsageError
/// if there is no such class.
std::int64_t class_of(const gfnet::Model& model, const std::string& text) {
  const std::int64_t classes = model.description().classes;
  std::int64_t number = -1;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec == std::errc() && parsed.ptr == end && number >= 0 && number < classes) {
    return number;
  }
  for (std::int64_t i = 0; i < classes; ++i) {
    if (is_label(model, i, text)) return i;
  }
  throw UsageError(
      fmt::format("explain: there is no class '{}'; give a number up to {} or one of the model's "
                  "labels",
                  text, classes - 1));
}

/// Probability of the class `index`: by `scores`, or the logistic function if there is only one
/// logit.
double probability_of(const std::vector<float>& logits, std::int64_t index, gfnet::Scores scores) {
  const double logit = logits[static_cast<std::size_t>(index)];
  if (logits.size() == 1 || scores == gfnet::Scores::kSigmoid) return 1 / (1 + std::exp(-logit));
  double sum = 0;
  for (const float other : logits) sum += std::exp(other - logit);
  return 1 / sum;
}

std::string fixed(double value) { return fmt::format("{:.3f}", value); }

/// One run of `gfnet explain`.
class ExplainRun {
 public:
  explicit ExplainRun(const ExplainCommandOptions& options)
      : options_(options),
        drawing_(options.output),
        model_(options.model.load_with_head()),
        guard_({drawing_.path(), options.map},
               {text_of(model_.description().path), options.model.labels}) {
    gather_inputs();
    gfnet::ClassifierOptions classifier = options.model.classifier_options(1);
    classifier.explain.class_maps = true;
    classifier.explain.layer = options.layer;
    if (!options.class_name.empty()) {
      classifier.explain.class_index = class_of(model_, options.class_name);
    }
    classifier_.emplace(model_, classifier);
    model_ = classifier_->model();
  }

  int run() {
    if (!options_.map.empty()) {
      const gfnet::StageDescription& last = model_.description().stages.back();
      map_.emplace(options_.map, gfnet::Shape{last.grid_height, last.grid_width}, 0);
    }
    classifier_->prepare(1);  // throws if the device cannot run the model at all
    if (map_) map_->begin();
    std::size_t next = 0;
    ImageReader reader(
        [this, next]() mutable {
          return next < inputs_.size() ? std::optional(inputs_[next++]) : std::nullopt;
        },
        1, {.load = {.apply_orientation = true}});
    while (std::optional<ReadImage> read = reader.next()) explain(std::move(*read));
    if (map_) map_->close();
    if (!explained_.empty()) {
      drawing_.write(gfnet::explain_sheet(explained_, model_.description()), table_.text());
    }
    const int validation = report_validation(classifier_->validation_messages());
    if (validation != kAllDone) return validation;
    return explained_.size() == inputs_.size() ? kAllDone : kSomeFailed;
  }

 private:
  /// Collects all inputs before anything is written. Throws UsageError if there are too many
  /// inputs, or if an output would overwrite an input.
  void gather_inputs() {
    guard_.check_list(options_.paths);
    Inputs inputs(options_.paths);
    const InputSource watched = guard_.watch([&inputs] { return inputs.next(); });
    while (std::optional<Input> input = watched()) {
      if (inputs_.size() == kMostImages) {
        throw UsageError(fmt::format("explain: at most {} images fit a sheet", kMostImages));
      }
      if (input->fetch) std::exchange(input->fetch, nullptr)(*input);
      inputs_.push_back(std::move(*input));
    }
  }

  void explain(ReadImage read) {
    Input& input = read.input;
    if (input.cause.empty()) {
      try {
        const gfnet::Classification result = classifier_->classify({&read.image, 1}).front();
        const char* const fault = fault_of(result);
        if (fault == nullptr) return add(read, result);
        input.cause = fault;
      } catch (const gfnet::UnsupportedError& error) {
        input.cause = error.what();
      }
    }
    report_failure(input);
    if (map_) map_->append(no_map());
  }

  void add(ReadImage& read, const gfnet::Classification& result) {
    const std::string& path = read.input.path;
    const gfnet::ClassMap& map = result.class_maps.front();
    if (map_) map_->append(map.values);
    add_row(path, result, map);
    explained_.push_back(
        {std::move(read.image), caption_of(path, result, map), map, result.spectrum});
  }

  std::vector<float> no_map() const {
    return std::vector<float>(static_cast<std::size_t>(map_->row().elements()),
                              std::numeric_limits<float>::quiet_NaN());
  }

  double probability_of_map(const gfnet::Classification& result, const gfnet::ClassMap& map) const {
    return probability_of(result.logits, map.index, scores_of(options_.scores));
  }

  std::string caption_of(const std::string& path, const gfnet::Classification& result,
                         const gfnet::ClassMap& map) const {
    return fmt::format("{}: {} {}, logit {:.2f}", text_of(path_of(path).filename()),
                       model_.short_label_of(map.index), percent(probability_of_map(result, map)),
                       result.logits[static_cast<std::size_t>(map.index)]);
  }

  void add_row(const std::string& path, const gfnet::Classification& result,
               const gfnet::ClassMap& map) {
    const auto most = std::ranges::max_element(map.values);
    const auto place = static_cast<std::int64_t>(most - map.values.begin());
    const double mean = std::accumulate(map.values.begin(), map.values.end(), 0.0) /
                        static_cast<double>(map.values.size());
    const double logit = result.logits[static_cast<std::size_t>(map.index)];
    table_.add({gfnet::printable(path), gfnet::printable(model_.short_label_of(map.index)),
                percent(probability_of_map(result, map)), fixed(logit), fixed(mean),
                fixed(*std::ranges::min_element(map.values)), fixed(*most),
                fmt::format("{}, {}", place / map.width, place % map.width)});
  }

  const ExplainCommandOptions& options_;
  DrawingFile drawing_;
  gfnet::Model model_;
  OverwriteGuard guard_;
  std::vector<Input> inputs_;
  std::optional<gfnet::Classifier> classifier_;
  std::optional<ArrayFile> map_;
  std::vector<gfnet::ExplainedImage> explained_;
  Table table_{{{"image", Align::kLeft},
                {"class", Align::kLeft},
                {"probability", Align::kRight},
                {"logit", Align::kRight},
                {"map's mean", Align::kRight},
                {"minimum", Align::kRight},
                {"maximum", Align::kRight},
                {"at row, column", Align::kRight}}};
};

}  // namespace

void add_explain(CommandLine& line) {
  Command command = line.add("explain", "Draw heat maps of where in an image a class comes from");
  auto options = std::make_shared<ExplainCommandOptions>();
  command
      .option("PATH", options->paths,
              "Images, folders, or - to read such paths from stdin; at most 32 images")
      .takes(ValueKind::kPath)
      .required();
  options->model.add_to(command);
  command.option("--output", options->output, "PNG file for the drawing; - is stdout")
      .takes(ValueKind::kFile)
      .required();
  command
      .option("--class", options->class_name,
              "Number or label of the class; default: each image's most probable one")
      .check([](const std::string& text) { return text.empty() ? "there is no class ''" : ""; });
  add_scores_option(command, options->scores);
  command.option("--layer", options->layer,
                 "Also draw the spectrum before and after the filter of this layer, counted "
                 "from 0 over all stages");
  command
      .option("--map", options->map,
              "Write the maps: float32 .npy [N, rows, columns] of the last grid, NaN where "
              "an input failed")
      .takes(ValueKind::kFile);
  command.action([options] {
    check_single_device("explain", options->model.device);
    check_not_stdout("--map", options->map);
    return ExplainRun(*options).run();
  });
}

}  // namespace app
