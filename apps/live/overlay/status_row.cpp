#include "overlay/status_row.h"

#include <nlohmann/json.hpp>

namespace live {
namespace {

using Json = nlohmann::ordered_json;

const char* name_of(Capture::Condition condition) {
  switch (condition) {
    case Capture::Condition::kRunning:
      return "running";
    case Capture::Condition::kLost:
      return "lost";
    case Capture::Condition::kEnded:
      return "ended";
  }
  return "?";
}

Json json_of(const Rectangle& r) { return Json::array({r.x, r.y, r.width, r.height}); }

Json json_of(const Places& places) {
  Json rows = Json::array();
  for (const Place& place : places) {
    Json row{{"what", place.what}};
    if (place.layer >= 0) row["layer"] = place.layer;
    if (place.channel >= 0) row["channel"] = place.channel;
    row["at"] = json_of(place.where);
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

std::string status_row(const WindowStatus& status) {
  const Capture::Status& capture = status.capture;
  const Labelling::Status& labelling = status.labelling;
  Json row{{"source", capture.source},
           {"condition", name_of(capture.condition)},
           {"reconnections", capture.reconnections},
           {"frames", capture.frames},
           {"dropped", capture.dropped},
           {"labelled", labelling.frames},
           {"source_rate", capture.rate},
           {"display_rate", status.display_rate},
           {"model_rate", labelling.rate},
           {"latency_ms", status.latency_s * 1e3},
           {"model", labelling.model},
           {"precision", gfnet::name_of(labelling.precision)},
           {"refusal", labelling.refusal},
           {"paused", status.is_paused},
           {"mirrored", status.is_mirrored},
           {"minimised", status.is_minimised},
           {"width", status.width},
           {"height", status.height},
           {"view", name_of(status.view.view)},
           {"view_layer", nullptr},
           {"view_is_shown", status.view_is_shown},
           {"view_refusal", status.view_refusal},
           {"picture", json_of(status.layout.image)},
           {"panels",
            {{"predictions", json_of(status.layout.predictions)},
             {"meters", json_of(status.layout.meters)},
             {"legend", json_of(status.layout.legend)},
             {"view", json_of(status.layout.view)}}},
           {"places", json_of(status.places)}};
  if (status.view.layer) row["view_layer"] = *status.view.layer;
  return Json{{"status", row}}.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace live
