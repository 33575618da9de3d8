#pragma once

#include <gfnet/gfnet.h>

#include <functional>

#include "classifiers.h"
#include "device_lane.h"
#include "input.h"
#include "ordered_outcomes.h"

namespace app {

/// Says on stderr, in a line, what the matter is with an input.
void report_failure(const Input& input);

struct LabelOptions {
  gfnet::LoadOptions load;
  /// Whether LabelledPicture::preprocessed is wanted.
  bool preprocessed = false;
};

/// Labels pictures. At any time some are being read, a batch of them waits at each device, another
/// is computed there, and the results of earlier ones are used; what is held does not grow with the
/// number of inputs. use gets every input, in order; one that cannot be read, or that the device
/// cannot take, costs the others nothing. Ends early, with all that it has begun to put together,
/// once the run is interrupted(). What is known when something is thrown, use gets before, unless
/// it was use that threw. Throws gfnet::UnsupportedError if a device cannot take so large a batch
/// of any pictures, and whatever inputs and use throw.
void label_pictures(InputSource inputs, Classifiers& classifiers, const LabelOptions& options,
                    const std::function<void(const LabelledPicture&)>& use);

}  // namespace app
