#pragma once

#include <functional>
#include <memory>
#include <string>

#include "sources/frame_source.h"
#include "sources/image_source.h"

namespace live {

/// The source that the user asks for.
struct SourceRequest {
  /// "": the first camera; "camera:0", "camera:NAME"; "test" or "lavfi:GRAPH"; a URL; a file; a
  /// folder.
  std::string address;
  /// Frame size of a camera, "WIDTHxHEIGHT". Empty: 1280x720 if the camera has it.
  std::string camera_size;
  /// Frames per second of a camera. Empty: its default rate.
  std::string camera_rate;
  /// How long each image of a folder is shown, in seconds.
  double image_seconds = 2;
  /// Returns the image paths of a folder, or the path of a single image file. Returns null if the
  /// path is neither, such as a video file.
  std::function<ImagePaths(const std::string& path)> images;
};

/// Opens the source. Each call searches for it again, because a reconnected camera may have another
/// address. tell: gets messages about skipped images. Throws gfnet::Error, or Cancelled.
std::unique_ptr<FrameSource> open_source(const SourceRequest& request, const StopCheck& stop,
                                         const Notice& tell);

}  // namespace live
