#include "source.h"

#include <gfnet/error.h>

#include <filesystem>
#include <string_view>

#include "cameras.h"
#include "ffmpeg_source.h"

namespace live {
namespace {

constexpr std::string_view kCamera = "camera";
constexpr std::string_view kTest = "test";
constexpr std::string_view kFilterGraph = "lavfi:";
constexpr const char* kTestPattern = "testsrc2=size=1280x720:rate=30";
constexpr const char* kUsualCameraSize = "1280x720";

bool is_camera(const std::string& address) {
  return address.empty() || address == kCamera || address.starts_with("camera:") ||
         address.starts_with("/dev/video");
}

bool is_url(const std::string& address) { return address.find("://") != std::string::npos; }

std::unique_ptr<FrameSource> open_camera(const SourceRequest& request,
                                         const std::atomic<bool>& stop) {
  std::string which = request.address;
  if (which.starts_with(kCamera)) which.erase(0, kCamera.size());
  if (which.starts_with(":")) which.erase(0, 1);
  const Camera camera = find_camera(which);
  FfmpegAddress address{camera.format, camera.url, {}, camera.name, true};
  if (!request.camera_rate.empty()) address.options["framerate"] = request.camera_rate;
  if (!request.camera_size.empty()) {
    address.options["video_size"] = request.camera_size;
    return open_ffmpeg(address, stop);
  }
  FfmpegAddress usual = address;
  usual.options["video_size"] = kUsualCameraSize;
  try {
    return open_ffmpeg(usual, stop);
  } catch (const gfnet::Error&) {
    return open_ffmpeg(address, stop);  // a camera without that size
  }
}

std::unique_ptr<FrameSource> open_file(const SourceRequest& request,
                                       const std::atomic<bool>& stop) {
  const std::string& path = request.address;
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) throw gfnet::Error(path + ": no such file");
  if (PicturePaths pictures = request.pictures(path)) {
    return open_pictures(std::move(pictures), request.picture_seconds, path);
  }
  // "file:" for names with a colon, which would be a protocol.
  return open_ffmpeg({"", "file:" + path, {}, std::filesystem::path(path).filename().string()},
                     stop);
}

}  // namespace

SourceKind kind_of(const SourceRequest& request) {
  if (is_camera(request.address)) return SourceKind::kCamera;
  return is_url(request.address) ? SourceKind::kStream : SourceKind::kFile;
}

std::unique_ptr<FrameSource> open_source(const SourceRequest& request,
                                         const std::atomic<bool>& stop) {
  const std::string& address = request.address;
  if (is_camera(address)) return open_camera(request, stop);
  if (address == kTest) return open_ffmpeg({"lavfi", kTestPattern, {}, "test pattern"}, stop);
  if (address.starts_with(kFilterGraph)) {
    return open_ffmpeg({"lavfi", address.substr(kFilterGraph.size()), {}, address}, stop);
  }
  if (is_url(address)) return open_ffmpeg({"", address, {}, address, true}, stop);
  return open_file(request, stop);
}

}  // namespace live
