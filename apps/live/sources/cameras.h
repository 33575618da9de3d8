#pragma once

#include <string>
#include <vector>

namespace live {

struct Camera {
  /// FFmpeg's input format: "v4l2", "dshow", "avfoundation".
  std::string format;
  /// The camera's address in the form that the input format `format` expects: "/dev/video0".
  std::string url;
  /// Name for the user: "HD Webcam (/dev/video0)".
  std::string name;
};

/// The cameras that FFmpeg's capture devices find on this system.
std::vector<Camera> list_cameras();

/// Where list_cameras() looks, for messages: "Video4Linux devices (/dev/video*)".
std::string camera_places();

/// Finds a camera. which: "" for the first camera, or the index, the URL or a part of the name of a
/// camera. If no camera matches, throws gfnet::Error; the message says where cameras were looked
/// for, and which cameras were found.
Camera find_camera(const std::string& which);

}  // namespace live
