#pragma once

#include <gfnet/gfnet.h>

#include <cstddef>
#include <optional>
#include <string>

#include "input.h"
#include "ordered_stage.h"

namespace app {

/// An input with its picture, or with the cause of there being none.
struct ReadPicture {
  Input input;
  gfnet::Image image;
};

/// Reads and decodes pictures on all cores, in the order of the inputs and ahead of whoever takes
/// them: up to `ahead` pictures, or as many as fit a bounded amount of memory.
class PictureReader {
 public:
  PictureReader(InputSource inputs, std::size_t ahead, const gfnet::LoadOptions& options);

  /// Nothing at the end.
  std::optional<ReadPicture> next() { return stage_.next(); }
  /// Whether next() would not have to wait.
  bool ready() const { return stage_.ready(); }

 private:
  OrderedStage<Input, ReadPicture> stage_;
};

}  // namespace app
