#include "vulkan/memory/memory_use.h"

#include <doctest/doctest.h>

#include <optional>

#include "gfnet/error.h"
#include "support/device_fixture.h"
#include "vulkan/fft/fft.h"
#include "vulkan/memory/memory.h"

namespace gfnet::vulkan {
namespace {

using test::DeviceFixture;

TEST_CASE("counted bytes are live as long as their owner, also after moves") {
  MemoryCounter counter;
  {
    CountedBytes first(counter, 100);
    CountedBytes second(counter, 20);
    CHECK(counter.use().live_bytes == 120);
    CountedBytes moved(std::move(first));
    CHECK(counter.use().live_bytes == 120);
    second = std::move(moved);
    CHECK(second.bytes() == 100);
  }
  CHECK(counter.use().live_bytes == 0);
  CHECK(counter.use().peak_bytes == 120);
  CHECK(counter.use().allocations == 2);
  const CountedBytes later(counter, 30);
  CHECK(counter.use().peak_bytes == 120);
  counter.forget_peak();
  CHECK(counter.use().peak_bytes == 30);
  CHECK(counter.use().allocations == 3);
}

TEST_CASE_FIXTURE(DeviceFixture, "device-local and host-visible memory are counted separately") {
  CHECK(device().memory().live_bytes == 0);
  CHECK(device().host_memory().live_bytes == 0);
  std::optional<Memory> local;
  local.emplace(device(), 10'000, MemoryKind::kDeviceLocal);
  const std::uint64_t local_bytes = local->bytes();
  CHECK(device().memory().live_bytes == local_bytes);
  CHECK(device().host_memory().allocations == 0);
  {
    const Memory upload(device(), 5000, MemoryKind::kUpload);
    const Memory readback(device(), 500, MemoryKind::kReadback);
    CHECK(device().host_memory().live_bytes == upload.bytes() + readback.bytes());
  }
  local.reset();
  CHECK(device().memory().live_bytes == 0);
  CHECK(device().memory().peak_bytes == local_bytes);
  CHECK(device().memory().allocations == 1);
  CHECK(device().host_memory().live_bytes == 0);
  CHECK(device().host_memory().allocations == 2);
  CHECK_THROWS_AS(Memory(device(), 0, MemoryKind::kUpload), Error);
  CHECK(device().host_memory().allocations == 2);
}

TEST_CASE_FIXTURE(DeviceFixture, "VkFFT's memory is counted and freed with the transform") {
  // 17 is a prime without a radix in VkFFT, so that it needs tables besides sines.
  const Fft::Extent extent{14, 17, 3};
  const Memory memory(device(), 1 << 20, MemoryKind::kDeviceLocal);
  const Buffer planes(device(), memory, 0, Fft::planes_bytes(extent));
  const Buffer spectrum(device(), memory, 1 << 19, Fft::spectrum_bytes(extent));
  const std::uint64_t before = device().memory().live_bytes;
  {
    const Fft fft(device(), cache(), extent, planes, spectrum, {});
    CHECK(fft.scratch_bytes() > 0);
    CHECK(device().memory().live_bytes == before + fft.scratch_bytes());
  }
  CHECK(device().memory().live_bytes == before);
}

}  // namespace
}  // namespace gfnet::vulkan
