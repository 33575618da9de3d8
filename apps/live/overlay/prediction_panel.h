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
  /// Sets the probabilities and places to which move() moves the bars.
  void take(const LabelledFrame& labelled);
  /// Moves the bars. elapsed_s: seconds since the last call.
  void move(float elapsed_s);
  /// Draws the panel and adds the area of the first bar to `places`.
  void draw(const Rectangle& place, Places& places) const;

 private:
  /// A class on the screen. Its values move gradually to the wanted_… values.
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
