#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>

#include "frame_source.h"

namespace live {

/// What to open, in FFmpeg's terms.
struct FfmpegAddress {
  /// An input format's name, "v4l2" or "lavfi"; empty: told by the content.
  std::string format;
  std::string url;
  std::map<std::string, std::string> options;
  /// For a person.
  std::string name;
  /// It delivers at its own pace and has no end: when nothing comes for a while, it is lost.
  bool is_live = false;
};

/// Opens a camera, a video file, a network stream or a filter graph. Reading it ends early once
/// stop is true, which must outlive it. Throws gfnet::Error.
std::unique_ptr<FrameSource> open_ffmpeg(const FfmpegAddress& address,
                                         const std::atomic<bool>& stop);

}  // namespace live
