#include "inputs/archives/unpacking_limits.h"

#include <fmt/format.h>

#include <algorithm>

#include "inputs/input.h"

namespace app {
namespace {

constexpr std::uint64_t kSmallArchive = 1'000'000;
/// A small archive unpacks to so much: images are held in memory, all else only takes time.
constexpr std::uint64_t kImagesOfSmall = std::uint64_t{96} << 20;
constexpr std::uint64_t kStreamOfSmall = std::uint64_t{512} << 20;
/// A larger one unpacks to so many bytes more for each byte beyond.
constexpr std::uint64_t kTimesBeyond = 256;

}  // namespace

UnpackingLimits::UnpackingLimits(std::uint64_t archive_bytes) {
  const std::uint64_t beyond =
      kTimesBeyond * (std::max(archive_bytes, kSmallArchive) - kSmallArchive);
  images_left_ = kImagesOfSmall + beyond;
  stream_ = kStreamOfSmall + beyond;
}

std::size_t UnpackingLimits::image() const {
  return static_cast<std::size_t>(std::min<std::uint64_t>(images_left_, kMostImageBytes));
}

std::string UnpackingLimits::why_not_image(std::uint64_t bytes) const {
  if (bytes <= image()) return "";
  return image() == kMostImageBytes
             ? "larger than 1 GiB"
             : "the images of this archive are far larger than the archive, as packed images are "
               "not; unpack it first";
}

void UnpackingLimits::took_image(std::uint64_t bytes) {
  images_left_ -= std::min(images_left_, bytes);
}

std::string UnpackingLimits::why_not_further(std::uint64_t bytes) const {
  return bytes <= stream_ ? ""
                          : fmt::format("is read no further: it unpacks to more than {} MB, far "
                                        "more than its size; unpack it first",
                                        stream_ / 1'000'000);
}

}  // namespace app
