#include <doctest/doctest.h>

#include "gfnet/error.h"
#include "support/device_fixture.h"
#include "support/mapped_buffer.h"
#include "vulkan/commands/command_recorder.h"
#include "vulkan/commands/timestamp_pool.h"

namespace gfnet::vulkan {
namespace {

TEST_CASE_FIXTURE(test::DeviceFixture, "timestamps never run backwards") {
  if (device().info().timestamp_bits == 0) {
    CHECK_THROWS_AS(TimestampPool(device(), 4), UnsupportedError);
    return;
  }
  TimestampPool pool(device(), 4);
  CHECK(pool.read().empty());
  const test::MappedBuffer<std::uint32_t> data(device(), 1 << 16);
  CommandRecorder recorder(device());
  for (std::uint32_t i = 0; i < 4; ++i) {
    CHECK(recorder.timestamp(pool) == i);
    recorder.fill(data.buffer(), 0, data.buffer().bytes(), i);
  }
  CHECK_THROWS_AS(recorder.timestamp(pool), Error);
  const Recording recording = recorder.finish();
  for (int replay = 0; replay < 2; ++replay) {
    device().submit(recording).wait();
    const std::vector<double> times = pool.read();
    REQUIRE(times.size() == 4);
    CHECK(times[0] == 0.0);
    for (std::size_t i = 1; i < times.size(); ++i) CHECK(times[i] >= times[i - 1]);
    CHECK(times.back() < 60e9);
  }
}

}  // namespace
}  // namespace gfnet::vulkan
