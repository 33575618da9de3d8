#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "drawing/canvas.h"
#include "drawing/sheet_style.h"
#include "gfnet/error.h"

namespace gfnet {
namespace {

using drawing::Point;

constexpr std::size_t kMostClasses = 4096;
constexpr std::int64_t kMatrixSide = 2000;  // about; in pixels
constexpr std::int64_t kLargestCell = 56;
constexpr std::int64_t kLongestLabel = 220;
constexpr std::int64_t kListWidth = 520;
constexpr std::int64_t kFewestListed = 25;
constexpr Rgb kLines{226, 226, 232};
constexpr Rgb kOnDark{255, 255, 255};

/// The image turned to the left by a quarter. Text then reads upwards.
Image turned_left(const Image& image) {
  Image turned = drawing::filled({image.height, image.width}, drawing::kPaper);
  for (std::size_t y = 0; y < image.height; ++y) {
    for (std::size_t x = 0; x < image.width; ++x) {
      const std::size_t from = (y * image.width + x) * 3;
      const std::size_t to = ((image.width - 1 - x) * image.height + y) * 3;
      std::copy_n(image.rgb.begin() + static_cast<std::ptrdiff_t>(from), 3,
                  turned.rgb.begin() + static_cast<std::ptrdiff_t>(to));
    }
  }
  return turned;
}

/// The smallest of 1, 2, 5, 10, 20, 50 … that is at least `least`.
std::int64_t round_step(double least) {
  for (std::int64_t power = 1;; power *= 10) {
    for (const std::int64_t digit : {1, 2, 5}) {
      if (static_cast<double>(digit * power) >= least) return digit * power;
    }
  }
}

class ConfusionSheet {
 public:
  ConfusionSheet(std::span<const ConfusionCell> cells, std::span<const std::string> labels)
      : cells_(cells), labels_(labels), row_images_(labels.size()) {
    const auto classes = static_cast<std::int64_t>(labels.size());
    cell_ = std::clamp<std::int64_t>(kMatrixSide / classes, 1, kLargestCell);
    text_ = cell_ >= 2 * drawing::line_height(1) ? 2 : 1;
    side_ = classes * cell_;
    step_ =
        round_step(static_cast<double>(drawing::line_height(text_)) / static_cast<double>(cell_));
    for (std::int64_t i = 0; i < classes; i += step_) {
      margin_ = std::max(margin_, drawing::text_width(label_of(i), text_));
    }
    corner_ = {2 * drawing::kMargin + drawing::line_height(2) + margin_,
               drawing::kMargin + 3 * drawing::line_height(2) + margin_ + 6};
    for (const ConfusionCell& cell : cells) {
      row_images_[static_cast<std::size_t>(cell.expected)] += cell.images;
    }
  }

  Image draw() {
    const std::int64_t line = drawing::line_height(2);
    const std::int64_t height = std::max(corner_.y + side_ + drawing::kMargin,
                                         (kFewestListed + 2) * line + 2 * drawing::kMargin);
    listed_ = static_cast<std::size_t>((height - 2 * drawing::kMargin) / line - 2);
    sheet_ = drawing::filled({corner_.x + side_ + 2 * drawing::kMargin + kListWidth, height},
                             drawing::kPaper);
    draw_titles();
    draw_axes();
    for (const ConfusionCell& cell : cells_) draw_cell(cell);
    draw_list();
    return std::move(sheet_);
  }

 private:
  /// The label of a class. One with letters that cannot be drawn begins with the number of the
  /// class.
  std::string name_of(std::int64_t index) const {
    const std::string& label = labels_[static_cast<std::size_t>(index)];
    return drawing::can_draw(label) ? label : numbered(index);
  }
  std::string numbered(std::int64_t index) const {
    return fmt::format("{} {}", index, labels_[static_cast<std::size_t>(index)]);
  }
  /// The label as it stands beside the matrix. Where only some classes have a label there, it
  /// begins with the number of the class.
  std::string label_of(std::int64_t index) const {
    return drawing::fitting(step_ > 1 ? numbered(index) : name_of(index), kLongestLabel, text_);
  }
  /// The part of its row's images that a cell has.
  double share_of(const ConfusionCell& cell) const {
    return static_cast<double>(cell.images) /
           static_cast<double>(row_images_[static_cast<std::size_t>(cell.expected)]);
  }

  void draw_titles() {
    Point at{drawing::kMargin, drawing::kMargin};
    drawing::draw_text(sheet_, at, "confusion matrix", 2, drawing::kInk);
    at.y += drawing::line_height(2);
    drawing::draw_text(sheet_, at,
                       "a row for each true class; blue is right, red is wrong; stronger: a larger "
                       "part of the row",
                       1, drawing::kFaint);
    drawing::draw_text(sheet_, {corner_.x, at.y + drawing::line_height(2)}, "labelled as", 2,
                       drawing::kFaint);
    draw_upwards({drawing::kMargin, corner_.y}, "true class", 2, drawing::kFaint);
  }

  /// Draws text that reads upwards. corner: the top left of its place. The text ends at the top.
  void draw_upwards(Point corner, const std::string& text, std::int64_t scale, const Rgb& colour) {
    Image line = drawing::filled({drawing::text_width(text, scale), drawing::line_height(scale)},
                                 drawing::kPaper);
    drawing::draw_text(line, {0, 0}, text, scale, colour);
    drawing::paste(sheet_, turned_left(line), corner);
  }

  void draw_axes() {
    const std::int64_t height = drawing::line_height(text_);
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(labels_.size()); i += step_) {
      const std::string label = label_of(i);
      const std::int64_t at = i * cell_ + std::max<std::int64_t>(0, (cell_ - height) / 2);
      const std::int64_t width = drawing::text_width(label, text_);
      drawing::draw_text(sheet_, {corner_.x - 6 - width, corner_.y + at}, label, text_,
                         drawing::kInk);
      draw_upwards({corner_.x + at, corner_.y - 6 - width}, label, text_, drawing::kInk);
      drawing::fill(sheet_, {corner_.x - 4, corner_.y + i * cell_}, {side_ + 4, 1}, kLines);
      drawing::fill(sheet_, {corner_.x + i * cell_, corner_.y - 4}, {1, side_ + 4}, kLines);
    }
    drawing::frame(sheet_, corner_, {side_, side_}, 1, drawing::kFaint);
  }

  void draw_cell(const ConfusionCell& cell) {
    // A single image among many must still be seen.
    const double strength = cell.images == 0 ? 0 : 0.15 + 0.85 * std::sqrt(share_of(cell));
    const bool is_right = cell.expected == cell.predicted;
    const std::int64_t line = cell_ >= 8 ? 1 : 0;  // keeps the lines between the cells free
    const Point at{corner_.x + cell.predicted * cell_ + line,
                   corner_.y + cell.expected * cell_ + line};
    drawing::fill(sheet_, at, {cell_ - line, cell_ - line},
                  signed_colour(is_right ? -strength : strength));
    const std::string number = std::to_string(cell.images);
    const std::int64_t scale = drawing::text_width(number, 2) + 4 <= cell_ ? 2 : 1;
    const std::int64_t width = drawing::text_width(number, scale);
    if (width + 4 > cell_ || drawing::line_height(scale) > cell_) return;
    drawing::draw_text(
        sheet_,
        {at.x + (cell_ - width) / 2, at.y + (cell_ - drawing::line_height(scale)) / 2 + scale},
        number, scale, strength > 0.6 ? kOnDark : drawing::kInk);
  }

  void draw_list() {
    std::vector<ConfusionCell> wrong;
    std::ranges::copy_if(cells_, std::back_inserter(wrong), [](const ConfusionCell& cell) {
      return cell.expected != cell.predicted && cell.images > 0;
    });
    std::ranges::stable_sort(wrong,
                             [](const auto& a, const auto& b) { return a.images > b.images; });
    Point at{corner_.x + side_ + 2 * drawing::kMargin, drawing::kMargin};
    drawing::draw_text(sheet_, at, wrong.empty() ? "no confusions" : "most frequent confusions", 2,
                       drawing::kInk);
    at.y += 2 * drawing::line_height(2);
    for (std::size_t i = 0; i < std::min(listed_, wrong.size()); ++i) {
      const ConfusionCell& cell = wrong[i];
      const auto name = [this](std::int64_t index) {
        return drawing::fitting(name_of(index), kListWidth / 3, 2);
      };
      const std::string line = fmt::format("{} of {}: {} as {}", cell.images,
                                           row_images_[static_cast<std::size_t>(cell.expected)],
                                           name(cell.expected), name(cell.predicted));
      drawing::draw_text(sheet_, at, drawing::fitting(line, kListWidth, 2), 2, drawing::kInk);
      at.y += drawing::line_height(2);
    }
  }

  std::span<const ConfusionCell> cells_;
  std::span<const std::string> labels_;
  std::vector<std::uint64_t> row_images_;
  std::int64_t cell_ = 1;    // side of a cell, in pixels
  std::int64_t text_ = 1;    // scale of the labels
  std::int64_t side_ = 0;    // of the matrix, in pixels
  std::int64_t step_ = 1;    // every step_-th class has a label
  std::int64_t margin_ = 0;  // width of the longest label
  Point corner_;             // of the matrix
  std::size_t listed_ = 0;   // confusions that fit into the list
  Image sheet_;
};

}  // namespace

Image confusion_sheet(std::span<const ConfusionCell> cells, std::span<const std::string> labels) {
  if (labels.empty() || labels.size() > kMostClasses) {
    throw ArgumentError(
        fmt::format("a confusion matrix has 1 to {} classes, not {}", kMostClasses, labels.size()));
  }
  const auto is_class = [&](std::int64_t index) {
    return index >= 0 && index < static_cast<std::int64_t>(labels.size());
  };
  for (const ConfusionCell& cell : cells) {
    if (is_class(cell.expected) && is_class(cell.predicted)) continue;
    throw ArgumentError(fmt::format("a cell for the classes {} and {}; there are {} labels",
                                    cell.expected, cell.predicted, labels.size()));
  }
  return ConfusionSheet(cells, labels).draw();
}

}  // namespace gfnet
