#include "vulkan/commands/hazard_tracker.h"

#include <doctest/doctest.h>

#include <vector>

namespace gfnet::vulkan {
namespace {

using Range = HazardTracker::Range;
using Stage = HazardTracker::Stage;

Range range(std::uint64_t begin, std::uint64_t end, Access access, std::uint64_t memory = 1) {
  return {memory, begin, end, access, false};
}

bool needs(const HazardTracker& tracker, const Range& next) {
  return tracker.needs_barrier(std::vector<Range>{next});
}

void add(HazardTracker& tracker, const Range& next, Stage stage = Stage::kCompute) {
  tracker.add(std::vector<Range>{next}, stage);
}

TEST_CASE("reads after reads need no barrier and everything else does") {
  for (Access first : {Access::kRead, Access::kWrite, Access::kReadWrite}) {
    for (Access second : {Access::kRead, Access::kWrite, Access::kReadWrite}) {
      HazardTracker tracker;
      add(tracker, range(0, 100, first));
      const bool both_read = first == Access::kRead && second == Access::kRead;
      CHECK(needs(tracker, range(0, 100, second)) == !both_read);
    }
  }
}

TEST_CASE("only overlapping ranges of one memory conflict") {
  HazardTracker tracker;
  add(tracker, range(100, 200, Access::kWrite));
  CHECK(needs(tracker, range(199, 300, Access::kRead)));
  CHECK(needs(tracker, range(0, 101, Access::kRead)));
  CHECK(needs(tracker, range(120, 130, Access::kRead)));
  CHECK(needs(tracker, range(0, 300, Access::kRead)));
  CHECK(!needs(tracker, range(200, 300, Access::kReadWrite)));
  CHECK(!needs(tracker, range(0, 100, Access::kReadWrite)));
  CHECK(!needs(tracker, range(100, 200, Access::kWrite, 2)));
}

TEST_CASE("clear forgets the accesses before a barrier") {
  HazardTracker tracker;
  add(tracker, range(0, 10, Access::kWrite), Stage::kTransfer);
  add(tracker, range(10, 20, Access::kRead));
  CHECK(tracker.pending().stages == 3);
  CHECK(tracker.pending().writing_stages == static_cast<std::uint32_t>(Stage::kTransfer));
  tracker.clear();
  CHECK(tracker.pending().stages == 0);
  CHECK(!needs(tracker, range(0, 10, Access::kReadWrite)));
}

TEST_CASE("host-visible writes are remembered across barriers") {
  HazardTracker tracker;
  Range visible = range(0, 10, Access::kRead);
  visible.host_visible = true;
  add(tracker, visible);
  CHECK(tracker.host_writing_stages() == 0);
  visible.access = Access::kWrite;
  add(tracker, visible, Stage::kTransfer);
  tracker.clear();
  CHECK(tracker.host_writing_stages() == static_cast<std::uint32_t>(Stage::kTransfer));
}

}  // namespace
}  // namespace gfnet::vulkan
