#include "sources/cameras.h"

#include <fmt/format.h>
#include <gfnet/error.h>
#include <gfnet/text.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

#include "sources/ffmpeg_objects.h"
#include "system/paths.h"

extern "C" {
#include <libavdevice/avdevice.h>
}

namespace live {
namespace {

using gfnet::system::path_of;
using gfnet::system::text_of;

struct CaptureApi {
  const char* format;
  const char* places;
  /// What FFmpeg wants in front of a device's name in a URL: "video=" for DirectShow.
  const char* prefix;
};

constexpr std::array<CaptureApi, 3> kApis{{
    {"v4l2", "Video4Linux devices (/dev/video*)", ""},
    {"dshow", "DirectShow devices", "video="},
    {"avfoundation", "AVFoundation devices", ""},
}};

bool takes_images(const AVDeviceInfo& device) {
  // Only newer interfaces report a device's media types. Without them, keep every device.
  if (device.nb_media_types <= 0) return true;
  return std::find(device.media_types, device.media_types + device.nb_media_types,
                   AVMEDIA_TYPE_VIDEO) != device.media_types + device.nb_media_types;
}

/// The end of an error message: names each /dev/video* that cannot be opened, with the cause.
/// FFmpeg does not list these cameras. Empty if there are no such cameras.
std::string unopened_cameras() {
  std::string found;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/dev", ignored)) {
    if (!text_of(entry.path().filename()).starts_with("video")) continue;
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
        std::fopen(entry.path().c_str(), "r+b"), &std::fclose);
    if (file) continue;
    found += fmt::format(", {} ({})", text_of(entry.path()), std::system_category().message(errno));
  }
  return found.empty() ? "" : "; cannot open " + found.substr(2);
}

bool is_number(const std::string& text) {
  return !text.empty() && text.size() < 4 &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

}  // namespace

std::vector<Camera> list_cameras() {
  prepare_ffmpeg();
  std::vector<Camera> cameras;
  for (const CaptureApi& api : kApis) {
    const AVInputFormat* const format = av_find_input_format(api.format);
    if (format == nullptr) continue;
    AVDeviceInfoList* list = nullptr;
    if (avdevice_list_input_sources(format, nullptr, nullptr, &list) >= 0 && list != nullptr) {
      for (int i = 0; i < list->nb_devices; ++i) {
        const AVDeviceInfo& device = *list->devices[i];
        if (!takes_images(device)) continue;
        const std::string address = device.device_name;
        std::string name = device.device_description;
        if (name != address) name += fmt::format(" ({})", address);
        cameras.push_back({api.format, api.prefix + address, std::move(name)});
      }
    }
    avdevice_free_list_devices(&list);
  }
  // V4L2 lists devices in arbitrary order.
  std::ranges::sort(cameras, [](const Camera& a, const Camera& b) {
    return a.url.size() != b.url.size() ? a.url.size() < b.url.size() : a.url < b.url;
  });
  return cameras;
}

std::string camera_places() {
  prepare_ffmpeg();
  std::string places;
  for (const CaptureApi& api : kApis) {
    if (av_find_input_format(api.format) == nullptr) continue;
    places += (places.empty() ? "" : ", ") + std::string(api.places);
  }
  return places.empty() ? "nothing (this FFmpeg was built without capture devices)" : places;
}

Camera find_camera(const std::string& which) {
  const std::vector<Camera> cameras = list_cameras();
  const auto is_this = [&](const Camera& camera) { return camera.url == which; };
  const auto exact = std::ranges::find_if(cameras, is_this);
  if (exact != cameras.end()) return *exact;
  std::error_code ignored;
  if (which.starts_with("/dev/") && std::filesystem::exists(path_of(which), ignored)) {
    return {kApis.front().format, which, which};  // opening it will say why it is not listed
  }
  if (is_number(which)) {
    const auto index = static_cast<std::size_t>(std::stoi(which));
    if (index < cameras.size()) return cameras[index];
  } else {
    for (const Camera& camera : cameras) {
      const std::string name = gfnet::lower_case(camera.name);
      if (name.find(gfnet::lower_case(which)) != std::string::npos) return camera;
    }
  }
  std::string message = which.empty() ? "no camera" : fmt::format("no camera '{}'", which);
  message += fmt::format(": looked for {} and found ", camera_places());
  for (std::size_t i = 0; i < cameras.size(); ++i) {
    message += fmt::format("{}{} {}", i > 0 ? ", " : "", i, cameras[i].name);
  }
  if (cameras.empty()) message += "none";
  throw gfnet::Error(
      fmt::format("{}{}; without a camera, use gfnet live --source FILE, --source FOLDER for "
                  "images, or --source test for a test pattern",
                  message, unopened_cameras()));
}

}  // namespace live
