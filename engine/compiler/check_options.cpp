#include "compiler/check_options.h"

#include <fmt/format.h>

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
