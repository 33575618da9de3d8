#pragma once

#include <deque>

#include "labelling/capture.h"
#include "labelling/labelling.h"
#include "overlay/layout.h"

namespace live {

/// Panel with the model, the device and the source, the rates of source, display and model, and a
/// graph of the latency. The latency is the time from a frame's capture to the frame's label.
class MeterPanel {
 public:
  /// Adds the latency of a new result to the graph. Leaves out the first three results after a
  /// model was loaded or reconfigured.
  void take(const LabelledFrame& labelled);

  struct Content {
    const Capture::Status& capture;
    const Labelling::Status& labelling;
    const LabelledFrame* labelled = nullptr;
    const std::string& device;
    double display_rate = 0;
  };
  /// Draws the panel at `place`. Adds the position of the graph to `places`.
  void draw(const Rectangle& place, const Content& content, Places& places) const;

 private:
  void draw_graph(const Rectangle& place) const;

  std::deque<float> latencies_ms_;
  std::size_t model_ = 0;
  std::int64_t preparation_ = 0;
  std::int64_t runs_ = 0;
};

}  // namespace live
