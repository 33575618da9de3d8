#include "display/screenshot.h"

#include <fmt/format.h>
#include <gfnet/error.h>
#include <gfnet/image.h>

#include <array>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <utility>

#include "system/paths.h"

namespace live {
namespace {

using gfnet::system::path_of;

/// A file name made from the current time. If a file already has that name, a number is added.
std::string name_of_now() {
  const std::time_t now = std::time(nullptr);
  std::array<char, 64> stem{};
  std::strftime(stem.data(), stem.size(), "gfnet-live-%Y%m%d-%H%M%S", std::localtime(&now));
  std::string name = std::string(stem.data()) + ".png";
  std::error_code ignored;
  for (int i = 2; std::filesystem::exists(path_of(name), ignored); ++i) {
    name = fmt::format("{}-{}.png", stem.data(), i);
  }
  return name;
}

gfnet::Image image_of(const WindowPixels& pixels) {
  gfnet::Image image;
  image.width = pixels.width;
  image.height = pixels.height;
  image.rgb.reserve(pixels.bytes.size() / 4 * 3);
  const std::size_t red = pixels.blue_first ? 2 : 0;
  for (std::size_t i = 0; i < pixels.bytes.size(); i += 4) {
    for (const std::size_t channel : {red, std::size_t{1}, 2 - red}) {
      image.rgb.push_back(std::to_integer<std::uint8_t>(pixels.bytes[i + channel]));
    }
  }
  return image;
}

}  // namespace

void ScreenshotWriter::write(std::string path, WindowPixels pixels) {
  if (path.empty()) path = name_of_now();
  writing_ = std::async(std::launch::async, [path = std::move(path), pixels = std::move(pixels)] {
    try {
      gfnet::save_png(path_of(path), image_of(pixels));
      return "saved " + path;
    } catch (const gfnet::Error& error) {
      return std::string(error.what());
    }
  });
}

std::optional<std::string> ScreenshotWriter::outcome() {
  if (!writing_.valid() ||
      writing_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    return std::nullopt;
  }
  return writing_.get();
}

}  // namespace live
