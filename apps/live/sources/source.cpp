#include "sources/source.h"

#include <gfnet/error.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <string_view>
#include <vector>

#include "sources/cameras.h"
#include "sources/ffmpeg_source.h"
#include "system/paths.h"

namespace live {
namespace {

using gfnet::system::path_of;
using gfnet::system::text_of;

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

/// Options that suit most cameras, by FFmpeg's input format. v4l2 (Linux): over USB, large frames
/// are slow unless they are compressed. avfoundation (macOS): by default FFmpeg asks for 29.97
/// frames a second, a rate that few cameras have.
const std::map<std::string, FfmpegOptions> kPreferredFormats{
    {"v4l2", {{"input_format", "mjpeg"}}}, {"avfoundation", {{"framerate", "30"}}}};

/// The sets of options to try on a camera, one set after the other, best set first. Some cameras
/// accept only the last set.
std::vector<FfmpegOptions> camera_wishes(const SourceRequest& request, const Camera& camera) {
  FfmpegOptions asked;
  if (!request.camera_rate.empty()) asked["framerate"] = request.camera_rate;
  if (!request.camera_size.empty()) asked["video_size"] = request.camera_size;
  FfmpegOptions usual = asked;
  usual.emplace("video_size", kUsualCameraSize);
  std::vector<FfmpegOptions> sizes{usual};
  if (asked != usual) sizes.push_back(asked);
  std::vector<FfmpegOptions> wishes;
  for (const FfmpegOptions& options : sizes) {
    if (const auto best = kPreferredFormats.find(camera.format); best != kPreferredFormats.end()) {
      wishes.push_back(options);
      wishes.back().insert(best->second.begin(), best->second.end());
    }
    wishes.push_back(options);
  }
  return wishes;
}

std::unique_ptr<FrameSource> open_camera(const SourceRequest& request, const StopCheck& stop) {
  std::string which = request.address;
  if (which.starts_with(kCamera)) which.erase(0, kCamera.size());
  if (which.starts_with(":")) which.erase(0, 1);
  const Camera camera = find_camera(which);
  const std::vector<FfmpegOptions> wishes = camera_wishes(request, camera);
  for (std::size_t i = 0; i + 1 < wishes.size(); ++i) {
    try {
      return open_ffmpeg({camera.format, camera.url, wishes[i], camera.name, true}, stop);
    } catch (const gfnet::Error&) {
      // Not supported by this camera. The last attempt reports any other error.
    }
  }
  return open_ffmpeg({camera.format, camera.url, wishes.back(), camera.name, true}, stop);
}

/// Whether a URL is read like a file, as fast as the reader wants. With other schemes, such as
/// RTSP, the sender sets the pace.
bool is_fetched(const std::string& url) {
  constexpr std::array<std::string_view, 6> kSchemes{"http", "https", "ftp", "sftp", "smb", "file"};
  return std::ranges::find(kSchemes, url.substr(0, url.find("://"))) != kSchemes.end();
}

/// The URL without user name and password, so that the result can be shown on a screen.
std::string without_password(const std::string& url) {
  const std::size_t host = url.find("://") + 3;
  const std::size_t end = std::min(url.find('/', host), url.size());
  const std::size_t at = url.rfind('@', end);
  return at == std::string::npos || at < host ? url : url.substr(0, host) + url.substr(at + 1);
}

std::unique_ptr<FrameSource> open_file(const SourceRequest& request, const StopCheck& stop,
                                       const Notice& tell) {
  const std::string& path = request.address;
  std::error_code ignored;
  if (!std::filesystem::exists(path_of(path), ignored)) throw gfnet::Error(path + ": no such file");
  if (ImagePaths images = request.images(path)) {
    return open_images(std::move(images), request.image_seconds, path, tell);
  }
  // Without "file:", FFmpeg would take a name with a colon for a protocol.
  return open_ffmpeg({"", "file:" + path, {}, text_of(path_of(path).filename())}, stop);
}

}  // namespace

std::unique_ptr<FrameSource> open_source(const SourceRequest& request, const StopCheck& stop,
                                         const Notice& tell) {
  const std::string& address = request.address;
  if (is_camera(address)) return open_camera(request, stop);
  if (address == kTest) return open_ffmpeg({"lavfi", kTestPattern, {}, "test pattern"}, stop);
  if (address.starts_with(kFilterGraph)) {
    return open_ffmpeg({"lavfi", address.substr(kFilterGraph.size()), {}, address}, stop);
  }
  if (is_url(address)) {
    const FfmpegOptions options{{"reconnect", "1"}};  // a server may close while paused
    return open_ffmpeg({"", address, options, without_password(address), true, is_fetched(address)},
                       stop);
  }
  return open_file(request, stop, tell);
}

}  // namespace live
