#include "job/pixel_memory.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace app {
namespace {

constexpr std::size_t kMostKept = std::size_t{256} << 20;
/// The allocator itself keeps smaller blocks.
constexpr std::size_t kLeastBytes = std::size_t{1} << 20;

}  // namespace

std::vector<std::uint8_t> PixelMemory::take(std::size_t bytes) {
  if (bytes < kLeastBytes) return {};
  const std::scoped_lock lock(mutex_);
  // The latest first: parts of it may still be in the processor's cache.
  const auto found = std::find_if(kept_.rbegin(), kept_.rend(), [bytes](const auto& pixels) {
    return pixels.capacity() >= bytes && pixels.capacity() - bytes <= bytes / 4;
  });
  if (found == kept_.rend()) return {};
  std::vector<std::uint8_t> pixels = std::move(*found);
  kept_.erase(std::next(found).base());
  bytes_ -= pixels.capacity();
  return pixels;
}

void PixelMemory::give_back(std::vector<std::uint8_t> pixels) {
  if (pixels.capacity() < kLeastBytes || pixels.capacity() > kMostKept) return;
  const std::scoped_lock lock(mutex_);
  bytes_ += pixels.capacity();
  kept_.push_back(std::move(pixels));
  while (bytes_ > kMostKept) {
    bytes_ -= kept_.front().capacity();
    kept_.pop_front();
  }
}

}  // namespace app
