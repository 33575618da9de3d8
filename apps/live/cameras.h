#pragma once

#include <string>
#include <vector>

namespace live {

struct Camera {
  /// FFmpeg's input format: "v4l2", "dshow", "avfoundation".
  std::string format;
  /// What that format opens.
  std::string url;
  /// For a person: "HD Webcam (/dev/video0)".
  std::string name;
};

/// The cameras there are, as FFmpeg's capture devices for this system list them.
std::vector<Camera> list_cameras();

/// Where list_cameras() looks, for a person: "Video4Linux devices (/dev/video*)".
std::string camera_places();

/// which: "" the first, a number, its URL, or part of the name. Throws gfnet::Error that says what
/// was looked for and what is there.
Camera find_camera(const std::string& which);

}  // namespace live
