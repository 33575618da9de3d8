#pragma once

#include <functional>
#include <memory>
#include <string>

#include "frame_source.h"
#include "picture_source.h"

namespace live {

/// Where pictures come from, as a person says it.
struct SourceRequest {
  /// "": the first camera; "camera:0", "camera:NAME"; "test" or "lavfi:GRAPH"; a URL; a file; a
  /// folder.
  std::string address;
  /// Of a camera, "WIDTHxHEIGHT" and a number; empty: 1280x720 if it has that, its own rate.
  std::string camera_size;
  std::string camera_rate;
  /// How long each picture of a folder is shown.
  double picture_seconds = 2;
  /// The pictures in a folder, or the file itself where it is one; null for a file that is none.
  std::function<PicturePaths(const std::string& path)> pictures;
};

/// Opens it, anew at each call: a camera may have another address by then. Throws gfnet::Error, or
/// Cancelled.
std::unique_ptr<FrameSource> open_source(const SourceRequest& request, const StopCheck& stop,
                                         const Notice& tell);

}  // namespace live
