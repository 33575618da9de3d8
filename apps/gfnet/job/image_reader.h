#pragma once

#include <gfnet/gfnet.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "inputs/input.h"
#include "job/ordered_stage.h"

namespace app {

/// An input with its image. If input.cause is set, the file could not be read and there is no
/// image.
struct ReadImage {
  Input input;
  gfnet::Image image;
  /// The image as a small JPEG file, if ReadOptions::thumbnails asks for it.
  std::vector<std::byte> thumbnail;
};

struct ReadOptions {
  gfnet::LoadOptions load;
  bool thumbnails = false;
};

/// Reads and decodes images on all cores and returns them in the order of the inputs. Reads ahead:
/// up to `ahead` images, plus one per core, that next() has not returned yet. These have at most
/// 1 GiB of pixels together, or one of them is the next and larger.
class ImageReader {
 public:
  /// Throws gfnet::Error if no thread can be started.
  ImageReader(InputSource inputs, std::size_t ahead, const ReadOptions& options);

  /// Waits for the next input and returns it with its image. Returns nothing at the end.
  std::optional<ReadImage> next() { return stage_.next(); }
  /// Whether next() would return at once.
  bool ready() const { return stage_.ready(); }

 private:
  OrderedStage<Input, ReadImage> stage_;
};

}  // namespace app
