#include "labelling/result_rows.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace live {
namespace {

std::string to_text(const nlohmann::ordered_json& row) {
  return row.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

std::string json_row(const LabelledFrame& labelled, std::int64_t dropped) {
  nlohmann::ordered_json row;
  row["frame"] = labelled.frame.index;
  row["seconds"] = labelled.frame.seconds;
  row["latency_ms"] = labelled.latency_s * 1e3;
  row["dropped"] = dropped;
  if (const char* const fault = gfnet::fault_of(labelled.result)) {
    row["error"] = fault;
    return to_text(row);
  }
  for (const gfnet::Prediction& p : labelled.result.top) {
    nlohmann::ordered_json prediction{{"class", p.index}, {"label", p.label}};
    if (!p.synset.empty()) prediction["synset"] = p.synset;
    prediction["probability"] = p.probability;
    row["predictions"].push_back(std::move(prediction));
  }
  return to_text(row);
}

std::string text_row(const LabelledFrame& labelled) {
  std::string row = fmt::format("{:>6}  {:>8.2f} s  {:>7.1f} ms ", labelled.frame.index,
                                labelled.frame.seconds, labelled.latency_s * 1e3);
  if (const char* const fault = gfnet::fault_of(labelled.result)) return row + ' ' + fault;
  for (const gfnet::Prediction& p : labelled.result.top) {
    const bool is_first = &p == labelled.result.top.data();
    row +=
        fmt::format("{}{} {:.1f} %", is_first ? " " : ", ", p.short_label, p.probability * 100.0);
  }
  return row;
}

}  // namespace live
