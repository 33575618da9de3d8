#include "vulkan/commands/hazard_tracker.h"

#include <algorithm>

namespace gfnet::vulkan {
namespace {

bool conflict(const HazardTracker::Range& a, const HazardTracker::Range& b) {
  return a.memory == b.memory && a.begin < b.end && b.begin < a.end &&
         (writes(a.access) || writes(b.access));
}

}  // namespace

bool HazardTracker::needs_barrier(std::span<const Range> ranges) const {
  return std::any_of(ranges.begin(), ranges.end(), [this](const Range& range) {
    return std::any_of(ranges_.begin(), ranges_.end(),
                       [&range](const Range& earlier) { return conflict(range, earlier); });
  });
}

void HazardTracker::add(std::span<const Range> ranges, Stage stage) {
  const auto bit = static_cast<std::uint32_t>(stage);
  pending_.stages |= bit;
  for (const Range& range : ranges) {
    if (writes(range.access)) {
      pending_.writing_stages |= bit;
      if (range.host_visible) host_writing_stages_ |= bit;
    }
    // The same constants are often read repeatedly between two barriers: keep one range of each.
    const bool known = std::any_of(ranges_.begin(), ranges_.end(), [&range](const Range& earlier) {
      return earlier.memory == range.memory && earlier.begin == range.begin &&
             earlier.end == range.end && earlier.access == range.access;
    });
    if (!known) ranges_.push_back(range);
  }
}

void HazardTracker::clear() {
  ranges_.clear();
  pending_ = {};
}

}  // namespace gfnet::vulkan
