#pragma once

#include <memory>

#include "frame_source.h"
#include "video_input.h"

namespace live {

/// Opens a camera, a video file, a network stream or a filter graph. Of a live one, pictures that
/// come faster than they are taken are passed over. Throws gfnet::Error, or Cancelled; reading it
/// ends early once told to stop.
std::unique_ptr<FrameSource> open_ffmpeg(const FfmpegAddress& address, const StopCheck& stop);

}  // namespace live
