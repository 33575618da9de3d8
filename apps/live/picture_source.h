#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "frame_source.h"

namespace live {

/// A picture's file; or what is none, and why.
struct PicturePath {
  std::string path;
  std::string cause;
};
/// Gives one after another; nothing at the end.
using PicturePaths = std::function<std::optional<PicturePath>()>;

/// Picture files as frames, each of them so many seconds after the one before. What cannot be read
/// is told and left out. Pictures are turned upright as their EXIF data ask.
std::unique_ptr<FrameSource> open_pictures(PicturePaths paths, double seconds_each,
                                           const std::string& name, Notice tell);

}  // namespace live
