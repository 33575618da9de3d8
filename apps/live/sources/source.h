#pragma once

#include <functional>
#include <memory>
#include <string>

#include "sources/frame_source.h"
#include "sources/image_source.h"
#include "sources/stop_check.h"

namespace live {

/// The source that the user asks for.
struct SourceRequest {
  /// "": the first camera; "camera:0", "camera:NAME"; "test" or "lavfi:GRAPH"; a URL; a file; a
  /// folder.
  std::string address;
  /// Frame size of a camera, "WIDTHxHEIGHT". Empty: 1280x720 if the camera has this size, otherwise
  /// the camera's default size.
  std::string camera_size;
  /// Frames per second of a camera. Empty: the camera's default rate.
  std::string camera_rate;
  /// How long each image of a folder is shown, in seconds.
  double image_seconds = 2;
  /// If `path` is a folder, returns the paths of the images in the folder. If `path` is an image
  /// file, returns that path. Returns null for any other file, such as a video.
  std::function<ImagePaths(const std::string& path)> images;
};

/// Opens the requested source. Each call searches for the source again, because a reconnected
/// camera may have another address. tell: gets messages about skipped images. Throws gfnet::Error
/// if the source cannot be opened, or Cancelled if `stop` returns true meanwhile.
std::unique_ptr<FrameSource> open_source(const SourceRequest& request, const StopCheck& stop,
                                         const Notice& tell);

}  // namespace live
