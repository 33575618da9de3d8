#pragma once

#include <gfnet/gfnet.h>

#include <functional>
#include <string>

#include "inputs/input.h"
#include "job/classifiers.h"
#include "job/device_lane.h"
#include "job/ordered_outcomes.h"
#include "job/recovery.h"
#include "terminal/terminal.h"

namespace app {

/// Writes the path and the cause of a failed input to stderr, as one line.
void report_failure(const Input& input);

struct LabelOptions {
  gfnet::LoadOptions load;
  /// Whether to fill LabelledImage::preprocessed.
  bool preprocessed = false;
  /// Whether to fill LabelledImage::thumbnail.
  bool thumbnails = false;
  /// Gets a line when a device failed and the job goes on (see Recovery). Default: writes it to
  /// stderr.
  Notify notify = say_notice;
};

/// Labels images. Each device compiles its pipelines just before its first batch
/// (DeviceLane::submit), so nothing is compiled for inputs that do not exist. Reading, the
/// devices' work and use() overlap: each device runs one batch while another batch waits. Memory
/// does not grow with the number of inputs.
///
/// use() gets every input, in order. If an image cannot be read or is too large for the device,
/// only the input of this image fails: use() gets the input with Input::cause set. Once the run is
/// interrupted(), no more inputs are taken; the batches that have begun are finished. If something
/// other than use() throws, use() first gets the outcomes that are already known; then the
/// exception is rethrown. Throws gfnet::UnsupportedError if a batch has too many images for a
/// device, and whatever `inputs` and `use` throw.
void label_images(InputSource inputs, Classifiers& classifiers, const LabelOptions& options,
                  const std::function<void(const LabelledImage&)>& use);

}  // namespace app
