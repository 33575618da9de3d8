#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "labelling.h"
#include "layout.h"

namespace live {

/// The most probable classes as bars, which move smoothly from one result to the next.
class PredictionPanel {
 public:
  /// A result that is new.
  void take(const LabelledFrame& labelled);
  void move(float elapsed_s);
  void draw(const Rectangle& place, Places& places) const;

 private:
  /// A class as it is shown: bar and place follow what is so with a little delay.
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
