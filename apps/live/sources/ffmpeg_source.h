#pragma once

#include <memory>

#include "sources/frame_source.h"
#include "sources/stop_check.h"
#include "sources/video_input.h"

namespace live {

/// Opens a camera, a video file, a network stream or a filter graph. If frames of a live source
/// arrive faster than they are taken, some frames are skipped. Throws gfnet::Error if the source
/// cannot be opened. Once `stop` returns true, opening and reading end early and throw Cancelled.
std::unique_ptr<FrameSource> open_ffmpeg(const FfmpegAddress& address, const StopCheck& stop);

}  // namespace live
