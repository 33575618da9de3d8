#include "overlay/prediction_panel.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "overlay/panel.h"

namespace live {
namespace {

/// Time constant of the bars: after this time, two thirds of a movement are done.
constexpr float kFollowSeconds = 0.12F;
/// Height of a class's row, in text heights.
constexpr float kRowHeight = 1.75F;

}  // namespace

void PredictionPanel::take(const LabelledFrame& labelled) {
  if (std::exchange(model_, labelled.model_index) != labelled.model_index) rows_.clear();
  for (auto& [index, row] : rows_) row.is_wanted = false;
  if (gfnet::fault_of(labelled.result) != nullptr) return;
  float place = 0;
  for (const gfnet::Prediction& prediction : labelled.result.top) {
    const auto [entry, is_new] = rows_.try_emplace(prediction.index);
    Row& row = entry->second;
    row.label = prediction.short_label;
    row.is_wanted = true;
    row.wanted_probability = prediction.probability;
    row.wanted_place = place;
    if (is_new) row.place = place;
    place += 1;
  }
}

void PredictionPanel::move(float elapsed_s) {
  const float share = 1 - std::exp(-elapsed_s / kFollowSeconds);
  for (auto& [index, row] : rows_) {
    row.probability += share * ((row.is_wanted ? row.wanted_probability : 0) - row.probability);
    row.place += share * (row.wanted_place - row.place);
    row.opacity += share * ((row.is_wanted ? 1.0F : 0.0F) - row.opacity);
  }
  std::erase_if(rows_, [](const auto& entry) {
    return !entry.second.is_wanted && entry.second.opacity < 0.02F;
  });
}

void PredictionPanel::draw(const Rectangle& place, Places& places) const {
  if (rows_.empty()) return;
  const Panel panel("predictions", place);
  if (!panel) return;
  ImDrawList& list = panel.list();
  const Rectangle& inside = panel.inside();
  const float label_width = 0.42F * inside.width;
  const float number_width = em(3.6F);
  const Rectangle bar{inside.x + label_width + em(0.5F), inside.y,
                      inside.width - label_width - number_width - em(0.5F), em(0.55F)};
  places.push_back({"bar", -1, -1, bar});
  for (const auto& [index, row] : rows_) {
    const float y = inside.y + row.place * em(kRowHeight);
    const bool is_best = row.is_wanted && row.wanted_place == 0;
    list.AddText({inside.x, y}, faded(is_best ? kText : kFaint, row.opacity),
                 fit_text(row.label, label_width).c_str());
    const float bar_y = y + 0.5F * (ImGui::GetTextLineHeight() - bar.height);
    const float filled = std::max(bar.width * std::clamp(row.probability, 0.0F, 1.0F), bar.height);
    list.AddRectFilled({bar.x, bar_y}, {bar.right(), bar_y + bar.height},
                       faded(kTrack, row.opacity), 0.5F * bar.height);
    list.AddRectFilled({bar.x, bar_y}, {bar.x + filled, bar_y + bar.height},
                       faded(is_best ? kBest : kOther, row.opacity), 0.5F * bar.height);
    text_right(inside.right(), y, faded(is_best ? kText : kFaint, row.opacity),
               fmt::format("{:.1f} %", static_cast<double>(row.probability) * 100));
  }
}

}  // namespace live
