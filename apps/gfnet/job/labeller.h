#pragma once

#include <gfnet/gfnet.h>

#include <functional>

#include "inputs/input.h"
#include "job/classifiers.h"
#include "job/device_lane.h"
#include "job/ordered_outcomes.h"

namespace app {

/// Writes the path and the cause of a failed input to stderr, as one line.
void report_failure(const Input& input);

struct LabelOptions {
  gfnet::LoadOptions load;
  /// Whether to fill LabelledImage::preprocessed.
  bool preprocessed = false;
};

/// Labels images. Each device compiles its pipelines when its first batch is full
/// (DeviceLane::compile_for), so nothing is compiled for inputs that do not exist. Reading, the
/// devices' work and use() overlap: each device runs one batch while another batch waits. Memory
/// does not grow with the number of inputs.
///
/// use() gets every input, in order. If an image cannot be read or is too large for the device,
/// only this input fails: use() gets it with Input::cause set. Once the run is interrupted(), no
/// more inputs are taken; the batches that have begun are finished. If something other than use()
/// throws, use() still gets the outcomes that are already known. Then the exception is rethrown.
/// Throws gfnet::UnsupportedError if a batch is too large for a device, and whatever `inputs` and
/// `use` throw.
void label_images(InputSource inputs, Classifiers& classifiers, const LabelOptions& options,
                  const std::function<void(const LabelledImage&)>& use);

}  // namespace app
