#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "labelling/labelling.h"
#include "overlay/layout.h"

namespace live {

/// Shows the most probable classes as bars that move smoothly from one result to the next.
class PredictionPanel {
 public:
  /// Takes a new result. Sets the probability and the row to which move() moves each bar.
  void take(const LabelledFrame& labelled);
  /// Moves the bars. elapsed_s: seconds since the last call of move().
  void move(float elapsed_s);
  /// Draws the panel at `place`. Adds the area of the first bar to `places`.
  void draw(const Rectangle& place, Places& places) const;

 private:
  /// The bar of one class. move() moves `probability` and `place` gradually to wanted_probability
  /// and wanted_place. If is_wanted is false, the bar shrinks and fades out. place: number of the
  /// row, 0 at the top.
  struct Row {
    std::string label;
    float probability = 0;
    float place = 0;
    float opacity = 0;
    float wanted_probability = 0;
    float wanted_place = 0;
    bool is_wanted = false;
  };

  std::map<std::int64_t, Row> rows_;
  std::size_t model_ = 0;
};

}  // namespace live
