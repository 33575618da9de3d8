#pragma once

#include <string>
#include <vector>

namespace live {

struct Camera {
  /// FFmpeg's input format: "v4l2", "dshow", "avfoundation".
  std::string format;
  /// The camera's address, as FFmpeg's input format expects it: "/dev/video0".
  std::string url;
  /// Name for the user: "HD Webcam (/dev/video0)".
  std::string name;
};

/// The cameras that FFmpeg's capture devices find on this system.
std::vector<Camera> list_cameras();

/// Where list_cameras() looks, for messages: "Video4Linux devices (/dev/video*)".
std::string camera_places();

/// which: "" for the first, an index, a URL, or part of the name. Throws gfnet::Error that says
/// where it looked and which cameras it found.
Camera find_camera(const std::string& which);

}  // namespace live
