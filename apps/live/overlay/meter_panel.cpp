#include "overlay/meter_panel.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "overlay/panel.h"

namespace live {
namespace {

constexpr std::size_t kGraphPoints = 120;
/// The graph skips this many runs after a model was loaded: compiling and tuning make these runs
/// far slower.
constexpr std::int64_t kFirstRuns = 3;

/// The smallest of 1, 2, 5, 10, 20, 50, … that is not below `value`.
float round_up(float value) {
  float decade = 1;
  while (true) {
    for (const float step : {1.0F, 2.0F, 5.0F}) {
      if (step * decade >= value) return step * decade;
    }
    decade *= 10;
  }
}

}  // namespace

void MeterPanel::take(const LabelledFrame& labelled) {
  if (std::exchange(model_, labelled.model_index) != labelled.model_index) latencies_ms_.clear();
  if (std::exchange(preparation_, labelled.preparation) != labelled.preparation) runs_ = 0;
  if (++runs_ <= kFirstRuns) return;
  latencies_ms_.push_back(static_cast<float>(labelled.latency_s * 1e3));
  if (latencies_ms_.size() > kGraphPoints) latencies_ms_.pop_front();
}

void MeterPanel::draw_graph(const Rectangle& place) const {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled({place.x, place.y}, {place.right(), place.bottom()}, kTrack, em(0.2F));
  if (latencies_ms_.empty()) return;
  const float top = round_up(*std::ranges::max_element(latencies_ms_));
  const float step = place.width / static_cast<float>(kGraphPoints - 1);
  const float x0 = place.right() - step * static_cast<float>(latencies_ms_.size() - 1);
  const auto point = [&](std::size_t i) {
    return ImVec2{x0 + step * static_cast<float>(i),
                  place.y + place.height * (1 - latencies_ms_[i] / top)};
  };
  for (std::size_t i = 0; i + 1 < latencies_ms_.size(); ++i) {
    const ImVec2 from = point(i);
    const ImVec2 to = point(i + 1);
    list.AddQuadFilled({from.x, place.bottom()}, from, to, {to.x, place.bottom()},
                       faded(kOther, 0.25F));
    list.AddLine(from, to, kOther, em(0.09F));
  }
  list.AddText(ImGui::GetFont(), em(0.8F), {place.x + em(0.3F), place.y + em(0.1F)}, kFaint,
               fmt::format("{:.0f} ms", top).c_str());
}

void MeterPanel::draw(const Rectangle& place, const Content& content, Places& places) const {
  const Panel panel("meters", place);
  if (!panel) return;
  const Rectangle& inside = panel.inside();
  float y = inside.y;
  const auto row = [&](const char* name, const std::string& value) {
    panel.list().AddText({inside.x, y}, kFaint, name);
    const float taken = ImGui::CalcTextSize(name).x + em(0.6F);
    text_right(inside.right(), y, kText, fit_text(value, inside.width - taken));
    y += em(1.3F);
  };
  row("model", content.labelling.model);
  row("device", content.device);
  row("precision", std::string(gfnet::name_of(content.labelling.precision)));
  row("source", fmt::format("{}×{}  {:.1f}/s", content.capture.width, content.capture.height,
                            content.capture.rate));
  row("display", fmt::format("{:.1f}/s", content.display_rate));
  row("model", fmt::format("{:.1f}/s", content.labelling.rate));
  row("left out", fmt::format("{} of {}", content.capture.dropped, content.capture.frames));
  row("frame to label", content.labelled != nullptr
                            ? fmt::format("{:.1f} ms", content.labelled->latency_s * 1e3)
                            : std::string("–"));
  const Rectangle graph{inside.x, y + em(0.2F), inside.width, em(3.2F)};
  places.push_back({"graph", -1, -1, graph});
  draw_graph(graph);
}

}  // namespace live
