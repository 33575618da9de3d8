#pragma once

#include <gfnet/gfnet.h>

#include <cstdint>
#include <functional>

#include "input.h"

namespace app {

/// An input that was labelled or, where input.cause says why, was not.
struct LabelledPicture {
  Input input;
  gfnet::Image image;
  gfnet::Classification result;
};

/// Why a result is none, for a model with broken weights say; nullptr if all is well.
const char* fault_of(const gfnet::Classification& result);

/// Says on stderr, in a line, what the matter is with an input.
void report_failure(const Input& input);

/// Labels pictures, a batch at a time, while the next ones are being read. use gets every input, in
/// order; one that cannot be read, or that the device cannot take, costs the others nothing. Ends
/// early, with all that it has begun to put together, once the run is interrupted(). Throws
/// gfnet::UnsupportedError if the device cannot take so large a batch of any pictures, and whatever
/// inputs and use throw.
void label_pictures(InputSource inputs, gfnet::Classifier& classifier, std::int64_t batch,
                    const gfnet::LoadOptions& options,
                    const std::function<void(const LabelledPicture&)>& use);

}  // namespace app
