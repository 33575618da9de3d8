#include "overlay/layout.h"

#include <algorithm>
#include <cmath>

namespace live {
namespace {

constexpr float kTextPixels = 17;
/// Window height, in units of length, at which text is kTextPixels units high. Text scales with the
/// window.
constexpr float kUsualHeight = 720;

// In text heights.
constexpr float kRow = 1.75F;
constexpr float kPredictionsWidth = 25;
constexpr float kMetersWidth = 19;
constexpr float kMetersHeight = 15.4F;
constexpr float kLegendHeight = 5.6F;
/// Least height of the frame's area beside a view, in text heights.
constexpr float kImageHeight = 8;
/// Height left free below a view for the text "H  help", in text heights.
constexpr float kHintHeight = 2.2F;

/// `wanted`, limited to `room`; at least 1 pixel.
float fitting(float wanted, float room) { return std::max(std::min(wanted, room), 1.0F); }

/// Layout without a panel for the view: the frame fills the window. The predictions and the meters
/// lie over the frame, in opposite corners.
Layout over_image(float width, float height, float em, std::size_t classes) {
  Layout layout;
  layout.image = {0, 0, width, height};
  const float rows = (kRow * static_cast<float>(classes) + 1) * em;
  layout.predictions = {em, height - em - rows, fitting(kPredictionsWidth * em, width - 2 * em),
                        rows};
  const float meters = fitting(kMetersWidth * em, width - 2 * em);
  layout.meters = {width - em - meters, em, meters, kMetersHeight * em};
  layout.notices = {em, em, std::max(std::min(0.5F * width, layout.meters.x - 2 * em), 8 * em), 0};
  return layout;
}

/// Layout for a wide window: the frame, the meters and the predictions form a column, one below the
/// other. The view is beside that column.
Layout beside_view(float width, float height, float em, std::size_t classes) {
  Layout layout;
  const float column = fitting(kPredictionsWidth * em, 0.45F * width - 2 * em);
  const float room = height - (kImageHeight + kMetersHeight + 5) * em;
  const float rows_fitting = std::floor(room / (kRow * em));
  const float shown =
      std::clamp(rows_fitting, 1.0F, static_cast<float>(std::max<std::size_t>(classes, 1)));
  const float rows = (kRow * shown + 1) * em;
  layout.predictions = {em, height - em - rows, column, rows};
  layout.meters = {em, layout.predictions.y - (kMetersHeight + 1) * em, column, kMetersHeight * em};
  layout.image = {em, em, column, std::max(layout.meters.y - 2 * em, 1.0F)};
  layout.notices = {em, em, column, 0};
  const float left = column + 2 * em;
  layout.view = {left, em, width - left - em, height - em - kHintHeight * em};
  return layout;
}

/// Layout for a narrow window: the view takes the lower half, all else the upper half.
Layout above_view(float width, float height, float em, std::size_t classes) {
  Layout layout = over_image(width, 0.5F * height, em, classes);
  layout.view = {em, 0.5F * height, width - 2 * em, 0.5F * height - kHintHeight * em};
  return layout;
}

}  // namespace

float text_pixels(float width, float height, float scale) {
  const float least = std::min(width * (9.0F / 16.0F), height);
  // In steps of 1/4, so that not every resize makes new glyphs.
  const float growth = std::round(4 * std::clamp(least / (kUsualHeight * scale), 0.6F, 3.0F)) / 4;
  return std::max(9.0F, std::round(kTextPixels * scale * growth));
}

Layout arrange(float width, float height, float em, View view, std::size_t classes) {
  if (view == View::kSpectrum || view == View::kFilters) {
    return width > 1.2F * height ? beside_view(width, height, em, classes)
                                 : above_view(width, height, em, classes);
  }
  Layout layout = over_image(width, height, em, classes);
  if (view == View::kHeat) {
    const Rectangle& meters = layout.meters;
    layout.legend = {meters.x, meters.bottom() + em, meters.width, kLegendHeight * em};
  }
  return layout;
}

}  // namespace live
