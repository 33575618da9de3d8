#include "evaluation/evaluation_rows.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "command_line/usage_error.h"
#include "output/csv_field.h"

namespace app {
namespace {

bool is_json_name(const std::string& path) { return gfnet::lower_case(path).ends_with(".jsonl"); }

/// Invalid UTF-8, which file names may contain, is replaced.
std::string json_line(const nlohmann::ordered_json& row) {
  return row.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace

void EvaluationRows::check_usage(const std::string& path) {
  if (is_json_name(path) || gfnet::lower_case(path).ends_with(".csv")) return;
  throw UsageError(fmt::format("eval: --output '{}' does not end in .csv or .jsonl", path));
}

EvaluationRows::EvaluationRows(const std::string& path, const gfnet::Model& model)
    : model_(model), is_json_(is_json_name(path)), file_(path) {
  file_.cut(0);
  if (!is_json_) {
    file_.write("path,true_class,true_label,class,label,probability,correct,error\r\n");
  }
}

void EvaluationRows::add(const Input& input, std::int64_t expected, const gfnet::Prediction& best) {
  const bool is_correct = best.index == expected;
  if (is_json_) {
    file_.write(json_line({{"path", input.path},
                           {"true_class", expected},
                           {"true_label", model_.label_of(expected)},
                           {"class", best.index},
                           {"label", best.label},
                           {"probability", best.probability},
                           {"correct", is_correct}}));
    return;
  }
  // From nine significant digits the same float can be read back.
  file_.write(fmt::format("{},{},{},{},{},{:.9g},{},\r\n", csv_field(input.path), expected,
                          csv_field(model_.label_of(expected)), best.index, csv_field(best.label),
                          best.probability, is_correct));
}

void EvaluationRows::add_failure(const Input& input, std::int64_t expected) {
  if (is_json_) {
    file_.write(json_line({{"path", input.path},
                           {"true_class", expected},
                           {"true_label", model_.label_of(expected)},
                           {"error", input.cause}}));
    return;
  }
  file_.write(fmt::format("{},{},{},,,,,{}\r\n", csv_field(input.path), expected,
                          csv_field(model_.label_of(expected)), csv_field(input.cause)));
}

}  // namespace app
