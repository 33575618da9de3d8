#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "drawing/canvas.h"
#include "drawing/check_arguments.h"
#include "drawing/heat_overlay.h"
#include "drawing/resized.h"
#include "drawing/sheet_style.h"
#include "gfnet/error.h"

namespace gfnet {
namespace {

using drawing::Point;
using drawing::Size;

constexpr std::int64_t kHeight = 256;     // of a tile
constexpr std::int64_t kMostWidth = 448;  // of an image
constexpr std::int64_t kBarWidth = 14;
constexpr std::int64_t kScaleWidth = 92;  // of a bar with its numbers
constexpr std::int64_t kText = 2;

/// The largest size with the image's aspect ratio that fits a tile of the sheet; each side has at
/// least one pixel.
Size fitted(const Image& image) {
  const double factor = std::min(static_cast<double>(kHeight) / image.height,
                                 static_cast<double>(kMostWidth) / image.width);
  const auto side = [factor](std::uint32_t pixels) {
    return std::max<std::int64_t>(1, std::llround(factor * pixels));
  };
  return {side(image.width), side(image.height)};
}

/// One row of the sheet, drawn from left to right.
class Row {
 public:
  Row(Image& sheet, std::int64_t top) : sheet_(sheet), at_{drawing::kMargin, top} {}

  void caption(const std::string& text) {
    const std::int64_t room = sheet_.width - 2 * drawing::kMargin;
    drawing::draw_text(sheet_, at_, drawing::fitting(text, room, kText), kText, drawing::kInk);
    at_.y += drawing::line_height(kText);
  }

  /// Draws an image under a title. The next tile starts `width` pixels and a margin further right.
  void tile(const std::string& title, const Image& image, std::int64_t width) {
    drawing::draw_text(sheet_, at_, title, 1, drawing::kFaint);
    drawing::paste(sheet_, image, {at_.x, below()});
    at_.x += width + drawing::kMargin;
  }

  void scale(const std::string& most, const std::string& least) {
    at_.x -= drawing::kMargin / 2;
    drawing::paste(sheet_, drawing::colour_bar({kBarWidth, kHeight}), {at_.x, below()});
    const std::int64_t x = at_.x + kBarWidth + 4;
    drawing::draw_text(sheet_, {x, below()}, most, 1, drawing::kInk);
    drawing::draw_text(sheet_, {x, below() + kHeight - drawing::line_height(1)}, least, 1,
                       drawing::kInk);
    at_.x += kScaleWidth;
  }

  static std::int64_t height() {
    return drawing::line_height(kText) + drawing::line_height(1) + kHeight + drawing::kMargin;
  }

 private:
  std::int64_t below() const { return at_.y + drawing::line_height(1); }

  Image& sheet_;
  Point at_;
};

std::int64_t image_width(std::span<const ExplainedImage> images) {
  std::int64_t widest = 128;
  for (const ExplainedImage& each : images) widest = std::max(widest, fitted(each.image).width);
  return widest;
}

std::int64_t plane_width(std::span<const ExplainedImage> images) {
  std::int64_t widest = 0;
  for (const ExplainedImage& each : images) {
    if (!each.spectrum) continue;
    const LayerSpectrum& s = *each.spectrum;
    widest = std::max<std::int64_t>(widest, std::llround(static_cast<double>(kHeight * s.width) /
                                                         static_cast<double>(s.height)));
  }
  return std::min(widest, kMostWidth);
}

/// The spectrum enlarged by the largest whole factor that fits kHeight and `width`. A spectrum that
/// is too large even at factor 1 is resampled.
Image spectrum_tile(const Image& plane, std::int64_t width) {
  const std::int64_t factor =
      std::max<std::int64_t>(1, std::min(kHeight / plane.height, width / plane.width));
  Image large = drawing::enlarged(plane, factor);
  return large.height > kHeight || large.width > width ? drawing::resized(large, fitted(large))
                                                       : large;
}

void draw_spectrum(Row& row, const LayerSpectrum& spectrum, std::int64_t width) {
  const SpectrumImages images = spectrum_images(spectrum);
  row.tile(fmt::format("layer {}, spectrum before its filter", spectrum.layer),
           spectrum_tile(images.before, width), width);
  row.tile(fmt::format("layer {}, after its filter", spectrum.layer),
           spectrum_tile(images.after, width), width);
  row.scale(fmt::format("{:.3g}", images.magnitudes.most),
            fmt::format("{:.3g}", images.magnitudes.least));
}

}  // namespace

Image explain_sheet(std::span<const ExplainedImage> images, const ModelDescription& model) {
  if (images.empty()) throw ArgumentError("an explanation sheet needs at least one image");
  for (const ExplainedImage& each : images) {
    drawing::check(each.image);
    drawing::check(each.map);
    if (each.spectrum) drawing::check(*each.spectrum);
  }
  const std::int64_t width = image_width(images);
  const std::int64_t spectrum_width = plane_width(images);
  const std::int64_t spectrum_room =
      spectrum_width == 0 ? 0 : 2 * (spectrum_width + drawing::kMargin) + kScaleWidth;
  const auto rows = static_cast<std::int64_t>(images.size());
  Image sheet = drawing::filled(
      {drawing::kMargin + 2 * (width + drawing::kMargin) + kScaleWidth + spectrum_room,
       drawing::kMargin + rows * Row::height()},
      drawing::kPaper);
  std::int64_t top = drawing::kMargin;
  for (const ExplainedImage& each : images) {
    Row row(sheet, top);
    top += Row::height();
    row.caption(each.caption);
    // The region is computed for the resized image, because it is drawn there.
    const Image small = drawing::resized(each.image, fitted(each.image));
    row.tile("the part that the network sees",
             drawing::spotlit(small, seen_region(model, small.width, small.height)), width);
    const Range range = range_of(each.map.values);
    row.tile("contribution to the logit of the class", heat_overlay(small, model, each.map, range),
             width);
    row.scale(fmt::format("{:+.3g}", range.most), fmt::format("{:+.3g}", range.least));
    if (each.spectrum) draw_spectrum(row, *each.spectrum, spectrum_width);
  }
  return sheet;
}

}  // namespace gfnet
