#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "frame_source.h"

namespace live {

/// Gives one file's path after another; nothing at the end.
using PicturePaths = std::function<std::optional<std::string>()>;

/// Picture files as frames, each of them so many seconds after the one before. A file that cannot
/// be read is named on stderr and left out. Pictures are turned upright as their EXIF data ask.
std::unique_ptr<FrameSource> open_pictures(PicturePaths paths, double seconds_each,
                                           const std::string& name);

}  // namespace live
