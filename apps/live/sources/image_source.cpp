#include "sources/image_source.h"

#include <fmt/format.h>
#include <gfnet/error.h>
#include <gfnet/image.h>

#include <utility>

#include "system/paths.h"

namespace live {
namespace {

using gfnet::system::path_of;

class ImageSource : public FrameSource {
 public:
  ImageSource(ImagePaths paths, double seconds_each, std::string name, Notice tell)
      : paths_(std::move(paths)),
        seconds_each_(seconds_each),
        name_(std::move(name)),
        tell_(std::move(tell)) {}

  std::optional<FrameInfo> next() override {
    while (const std::optional<ImagePath> next = paths_()) {
      if (!next->cause.empty()) {
        tell_(fmt::format("{}: {}", next->path, next->cause));
        continue;
      }
      try {
        image_ = gfnet::load_image(path_of(next->path), {.apply_orientation = true});
      } catch (const gfnet::FormatError& error) {
        tell_(error.what());
        continue;
      }
      FrameInfo info;
      info.width = image_.width;
      info.height = image_.height;
      info.is_still = true;
      info.seconds = seconds_each_ * static_cast<double>(count_++);
      return info;
    }
    return std::nullopt;
  }

  void copy_to(std::span<std::byte> pixels) override {
    const std::uint8_t* from = image_.rgb.data();
    for (std::size_t at = 0; at < pixels.size(); at += 4, from += 3) {
      pixels[at] = std::byte{from[0]};
      pixels[at + 1] = std::byte{from[1]};
      pixels[at + 2] = std::byte{from[2]};
      pixels[at + 3] = std::byte{0xFF};
    }
  }

  bool is_live() const override { return false; }
  const std::string& name() const override { return name_; }

 private:
  ImagePaths paths_;
  double seconds_each_;
  std::string name_;
  Notice tell_;
  gfnet::Image image_;
  std::size_t count_ = 0;
};

}  // namespace

std::unique_ptr<FrameSource> open_images(ImagePaths paths, double seconds_each,
                                         const std::string& name, Notice tell) {
  return std::make_unique<ImageSource>(std::move(paths), seconds_each, name, std::move(tell));
}

}  // namespace live
