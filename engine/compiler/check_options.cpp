#include "compiler/check_options.h"

#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <string>

#include "gfnet/error.h"

namespace gfnet::compiler {

void check_options(const ClassifierOptions& options) {
  if (options.top_k < 1) throw ArgumentError("top_k must be at least 1");
  const auto check = [](auto value, auto last, const char* what) {
    const auto number = static_cast<int>(value);
    if (number >= 0 && number <= static_cast<int>(last)) return;
    throw ArgumentError(fmt::format("there is no {} {}", what, number));
  };
  check(options.precision, Precision::kFp16, "Precision");
  check(options.tuning, Tuning::kAlways, "Tuning");
  check(options.scores, Scores::kSigmoid, "Scores");
}

void check_head(const ClassifierOptions& options, const Model& model) {
  if (model.has_head()) return;
  const std::filesystem::path& path = model.description().path;
  if (!options.features) {
    throw FormatError(path,
                      "has no head (head.weight and head.bias), so it gives no classes; only its "
                      "features can be computed (gfnet classify --features, "
                      "ClassifierOptions::features)");
  }
  if (options.explain.class_maps || options.explain.layer) {
    throw FormatError(path, "has no head, so there is no class to explain");
  }
}

void check_explanation(const ExplainOptions& options, const ModelDescription& model) {
  const auto check = [&](const std::optional<std::int64_t>& index, const std::string& what,
                         std::int64_t count) {
    if (!index || (*index >= 0 && *index < count)) return;
    throw ArgumentError(
        fmt::format("the model has no {} {}; valid numbers are 0 to {}", what, *index, count - 1));
  };
  check(options.class_index, "class", model.classes);
  std::int64_t layers = 0;
  for (const StageDescription& stage : model.stages) layers += stage.depth;
  check(options.layer, "layer", layers);
}

}  // namespace gfnet::compiler
