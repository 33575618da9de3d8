#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "sources/frame_source.h"

namespace live {

/// Path of an image file. If `cause` is not empty, it says why the path cannot be used.
struct ImagePath {
  std::string path;
  std::string cause;
};
/// Returns one path after another; nothing at the end.
using ImagePaths = std::function<std::optional<ImagePath>()>;

/// Opens image files as frames, `seconds_each` apart. Files that cannot be read are reported
/// through `tell` and skipped. Images are turned upright by their EXIF orientation.
std::unique_ptr<FrameSource> open_images(ImagePaths paths, double seconds_each,
                                         const std::string& name, Notice tell);

}  // namespace live
