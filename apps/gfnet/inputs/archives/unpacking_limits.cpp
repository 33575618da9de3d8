#include "inputs/archives/unpacking_limits.h"

#include <fmt/format.h>

#include <algorithm>

#include "inputs/input.h"

namespace app {
namespace {

/// What may come out of an archive of at most so many bytes. Screenshots as BMP get 50 to 200 times
/// smaller when they are packed; scanned pages that are nearly blank have 300 pixels for each byte.
constexpr std::uint64_t kSmallArchive = 1'000'000;
constexpr std::uint64_t kImagesOfSmall = std::uint64_t{256} << 20;  // bytes
constexpr std::uint64_t kStreamOfSmall = std::uint64_t{512} << 20;  // bytes
constexpr std::uint64_t kPixelsOfSmall = std::uint64_t{1} << 28;
/// A larger archive may unpack to so many bytes more, and to as many pixels, for each byte beyond.
constexpr std::uint64_t kTimesBeyond = 256;

/// A header of a member that is like others can be packed to a few bytes, a different image cannot.
constexpr std::uint64_t kFewMembers = 1000;
constexpr std::uint64_t kBytesOfMember = 32;

}  // namespace

UnpackingLimits::UnpackingLimits(std::uint64_t archive_bytes) {
  const std::uint64_t beyond =
      kTimesBeyond * (std::max(archive_bytes, kSmallArchive) - kSmallArchive);
  images_left_ = kImagesOfSmall + beyond;
  stream_ = kStreamOfSmall + beyond;
  members_ = kFewMembers + archive_bytes / kBytesOfMember;
  pixels_ = static_cast<std::int64_t>(kPixelsOfSmall + beyond);
}

std::string UnpackingLimits::why_not_image(std::uint64_t bytes) const {
  if (bytes > kMostImageBytes) return "larger than 1 GiB";
  if (bytes <= images_left_) return "";
  return "with this image, those of the archive are far larger than the archive, as if they were "
         "made to fill the memory; unpack it first";
}

void UnpackingLimits::count_image(std::uint64_t bytes) {
  images_left_ -= std::min(images_left_, bytes);
}

std::string UnpackingLimits::why_not_further(std::uint64_t members, std::uint64_t stream) const {
  if (members > members_) {
    return fmt::format(
        "is read no further: it has more than {} members, far more than an archive of its size",
        members_);
  }
  if (stream <= stream_) return "";
  return fmt::format(
      "is read no further: it unpacks to more than {} MB, far more than its size; unpack it first",
      stream_ / 1'000'000);
}

}  // namespace app
