#pragma once

#include <gfnet/gfnet.h>

#include <cstddef>
#include <optional>
#include <string>

#include "inputs/input.h"
#include "job/ordered_stage.h"

namespace app {

/// An input with its image. If input.cause is set, the file could not be read and there is no
/// image.
struct ReadImage {
  Input input;
  gfnet::Image image;
};

/// Reads and decodes images on all cores and returns them in the order of the inputs. Reads up to
/// `ahead` images, plus one per core, before next() asks for them. Starts no more images while the
/// decoded images that next() has not returned have 1 GiB of pixels or more.
class ImageReader {
 public:
  ImageReader(InputSource inputs, std::size_t ahead, const gfnet::LoadOptions& options);

  /// Waits for the next input; returns nothing at the end.
  std::optional<ReadImage> next() { return stage_.next(); }
  /// Whether next() would return at once.
  bool ready() const { return stage_.ready(); }

 private:
  OrderedStage<Input, ReadImage> stage_;
};

}  // namespace app
