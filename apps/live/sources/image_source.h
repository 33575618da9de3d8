#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "sources/frame_source.h"

namespace live {

/// Path of an image file. cause: why the path cannot be used; empty if it can be used.
struct ImagePath {
  std::string path;
  std::string cause;
};
/// Returns one path after another; nothing at the end.
using ImagePaths = std::function<std::optional<ImagePath>()>;

/// Opens a source whose frames are the image files `paths`, `seconds_each` seconds apart. If a file
/// cannot be read, the file is reported through `tell` and skipped. Images are turned upright by
/// their EXIF orientation. name: the source's name for the user.
std::unique_ptr<FrameSource> open_images(ImagePaths paths, double seconds_each,
                                         const std::string& name, Notice tell);

}  // namespace live
