#include "evaluation/evaluation_rows.h"

#include <fmt/format.h>
#include <gfnet/gfnet.h>

#include <exception>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "command_line/usage_error.h"
#include "output/csv_field.h"
#include "output/parquet/side_files.h"
#include "system/paths.h"

namespace app {
namespace {

using gfnet::system::path_of;

bool is_json(const std::string& path) { return gfnet::lower_case(path).ends_with(".jsonl"); }

bool is_parquet(const std::string& path) { return gfnet::lower_case(path).ends_with(".parquet"); }

std::string json_text(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// The text with invalid UTF-8, which file names may contain, replaced.
std::string utf8(const std::string& text) {
  return nlohmann::json::parse(json_text(text)).get<std::string>();
}

std::string json_line(const EvaluatedRow& row) {
  nlohmann::ordered_json json{
      {"path", row.path}, {"true_class", row.expected}, {"true_label", row.expected_label}};
  if (row.best) {
    json["class"] = row.best->index;
    json["label"] = row.best->label;
    json["probability"] = row.best->probability;
    json["correct"] = row.is_correct();
  } else {
    json["error"] = row.cause;
  }
  return json_text(json) + "\n";
}

std::string csv_line(const EvaluatedRow& row) {
  std::string text =
      fmt::format("{},{},{},", csv_field(row.path), row.expected, csv_field(row.expected_label));
  // From nine significant digits the same float can be read back.
  text += row.best ? fmt::format("{},{},{:.9g},{},", row.best->index, csv_field(row.best->label),
                                 row.best->probability, row.is_correct())
                   : ",,,," + csv_field(row.cause);
  return text + "\r\n";
}

}  // namespace

void EvaluationRows::check_usage(const std::string& path) {
  if (is_parquet(path)) {
    parquet_module();
  } else if (!is_json(path) && !gfnet::lower_case(path).ends_with(".csv")) {
    throw UsageError(
        fmt::format("eval: --output '{}' does not end in .csv, .jsonl or .parquet", path));
  }
}

std::vector<std::string> EvaluationRows::files(const std::string& path) {
  if (is_parquet(path)) return {path, unfinished(path)};
  return {path};
}

void EvaluationRows::check_side_files(const std::string& path) {
  if (is_parquet(path)) check_left_parquet(unfinished(path));
}

EvaluationRows::EvaluationRows(const std::string& path) : path_(path), is_json_(is_json(path)) {
  if (is_parquet(path)) {
    in_parquet([this] { parquet_ = parquet_module().create_evaluation(unfinished(path_)); });
    return;
  }
  file_ = std::make_unique<OutputFile>(path);
  file_->cut(0);
  if (!is_json_) {
    file_->write("path,true_class,true_label,class,label,probability,correct,error\r\n");
  }
}

EvaluationRows::~EvaluationRows() {
  std::error_code ignored;
  if (parquet_) std::filesystem::remove(path_of(unfinished(path_)), ignored);
}

/// Does work with the Parquet file. Its errors get the file's name.
template <typename Work>
void EvaluationRows::in_parquet(const Work& work) const {
  try {
    work();
  } catch (const std::exception& error) {
    throw gfnet::FormatError(path_of(path_), std::string("cannot be written: ") + error.what());
  }
}

void EvaluationRows::add(const EvaluatedRow& row) {
  if (parquet_) {
    EvaluatedRow readable = row;
    readable.path = utf8(row.path);
    readable.cause = utf8(row.cause);
    in_parquet([&] { parquet_->add(readable); });
  } else {
    file_->write(is_json_ ? json_line(row) : csv_line(row));
  }
}

void EvaluationRows::finish() {
  if (!parquet_) return;
  in_parquet([this] {
    parquet_->close();
    std::filesystem::rename(path_of(unfinished(path_)), path_of(path_));
  });
  parquet_.reset();
}

}  // namespace app
