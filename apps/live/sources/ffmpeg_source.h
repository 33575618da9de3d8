#pragma once

#include <memory>

#include "sources/frame_source.h"
#include "sources/video_input.h"

namespace live {

/// Opens a camera, a video file, a network stream or a filter graph. Frames of a live source that
/// arrive faster than they are taken are skipped. Throws gfnet::Error, or Cancelled. Reading the
/// source ends early once `stop` returns true.
std::unique_ptr<FrameSource> open_ffmpeg(const FfmpegAddress& address, const StopCheck& stop);

}  // namespace live
