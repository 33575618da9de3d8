#include "vulkan/device.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <thread>
#include <vector>

#include "gfnet/error.h"
#include "support/device_fixture.h"
#include "support/mapped_buffer.h"
#include "vulkan/commands/command_recorder.h"
#include "vulkan/memory/buffer.h"
#include "vulkan/memory/memory.h"

namespace gfnet::vulkan {
namespace {

using test::DeviceFixture;
using test::MappedBuffer;

TEST_CASE_FIXTURE(DeviceFixture, "a device reports its properties") {
  const DeviceInfo& info = device().info();
  MESSAGE(info.name << ", " << info.driver << " " << info.driver_version << ", Vulkan "
                    << info.api_version_text << ", subgroups of " << info.subgroup_size
                    << ", f16 storage " << info.fp16_storage << " arithmetic "
                    << info.fp16_arithmetic);
  CHECK(!info.name.empty());
  CHECK(!info.driver.empty());
  CHECK(info.memory_bytes > 0);
  // The limits that Vulkan 1.1 guarantees.
  CHECK(info.max_workgroup_invocations >= 128);
  CHECK(info.max_shared_memory >= 16384);
  CHECK(info.max_storage_buffer_range >= (1U << 27));
  CHECK(info.max_memory_allocation >= (1U << 30));
  CHECK(info.max_push_constants >= 128);
  CHECK(std::has_single_bit(info.subgroup_size));
  CHECK(std::has_single_bit(device().buffer_alignment()));
  CHECK(std::any_of(instance().devices().begin(), instance().devices().end(),
                    [&](const DeviceInfo& other) { return other.name == info.name; }));
}

TEST_CASE_FIXTURE(DeviceFixture, "the validation hook reports an invalid call") {
  if (!instance().validation()) return;
  VkBufferCreateInfo create{};
  create.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO;
  create.size = 0;  // not allowed
  create.usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT;
  VkBuffer buffer = VK_NULL_HANDLE;
  if (device().vk().vkCreateBuffer(device().handle(), &create, nullptr, &buffer) == VK_SUCCESS) {
    device().vk().vkDestroyBuffer(device().handle(), buffer, nullptr);
  }
  CHECK(!instance().validation_messages().empty());
  CHECK(!take_messages().empty());
  CHECK(instance().validation_messages().empty());
}

TEST_CASE_FIXTURE(DeviceFixture, "synchronisation validation reports a missing barrier") {
  if (!instance().validation()) return;
  const MappedBuffer<std::uint32_t> data(device(), 64);
  CommandRecorder recorder(device());
  const VkCommandBuffer commands = recorder.external({});
  device().vk().vkCmdFillBuffer(commands, data.buffer().handle(), 0, 256, 1);
  device().vk().vkCmdFillBuffer(commands, data.buffer().handle(), 0, 256, 2);
  const Recording recording = recorder.finish();
  const std::vector<std::string> messages = take_messages();
  REQUIRE(messages.size() == 1);
  // Versions of the layer spell it with dashes or with underscores.
  std::string message = messages[0];
  std::replace(message.begin(), message.end(), '_', '-');
  CHECK(message.find("WRITE-AFTER-WRITE") != std::string::npos);
}

TEST_CASE_FIXTURE(DeviceFixture, "memory of every kind is aligned and mapped as required") {
  for (MemoryKind kind : {MemoryKind::kDeviceLocal, MemoryKind::kUpload, MemoryKind::kReadback}) {
    const Memory memory(device(), 1000, kind);
    CHECK(memory.bytes() >= 1000);
    CHECK(memory.bytes() % device().buffer_alignment() == 0);
    CHECK(memory.mapped().empty() == (kind == MemoryKind::kDeviceLocal));
    const Buffer buffer(device(), memory, 1000);
    CHECK(buffer.host_visible() == (kind != MemoryKind::kDeviceLocal));
  }
}

TEST_CASE_FIXTURE(DeviceFixture, "bytes are copied to device memory and back") {
  std::vector<std::uint32_t> values(1000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::uint32_t>(i * i);
  const Memory upload_memory(device(), 4000, MemoryKind::kUpload);
  const Buffer upload(device(), upload_memory, 4000);
  std::memcpy(upload.mapped().data(), values.data(), 4000);
  const Memory local_memory(device(), 4000, MemoryKind::kDeviceLocal);
  const Buffer local(device(), local_memory, 4000);
  MappedBuffer<std::uint32_t> result(device(), 1000);
  CommandRecorder recorder(device());
  recorder.copy(upload, local, 4000);
  recorder.copy(local, result.buffer(), 4000);
  const Recording recording = recorder.finish();
  CHECK(recording.counts().barriers == 1);
  Submission submission = device().submit(recording);
  submission.wait();
  CHECK(submission.done());
  CHECK(result.copy() == values);
}

TEST_CASE_FIXTURE(DeviceFixture,
                  "a submission keeps what unfinished work writes to shared memory") {
  MappedBuffer<std::uint32_t> first(device(), 64);
  MappedBuffer<std::uint32_t> second(device(), 64);
  std::ranges::fill(first.values(), 1u);
  const auto fill = [&](const MappedBuffer<std::uint32_t>& buffer, std::uint32_t value) {
    CommandRecorder recorder(device());
    recorder.fill(buffer.buffer(), 0, 128, value);
    return recorder.finish();
  };
  const Recording of_first = fill(first, 7);
  const Recording of_second = fill(second, 8);
  Submission one = device().submit(of_first);
  while (!one.done()) std::this_thread::yield();
  // The host has not seen the result of the first work, which is the case until it waits for it.
  Submission two = device().submit(of_second);
  two.wait();
  one.wait();
  std::vector<std::uint32_t> expected(64, 1);
  std::fill_n(expected.begin(), 32, 7u);
  CHECK(first.copy() == expected);
  // What the host writes is seen by later work, and so is what earlier work wrote beside it.
  first.values()[3] = 9;
  expected[3] = 9;
  CommandRecorder recorder(device());
  recorder.copy(first.buffer(), second.buffer(), 256);
  const Recording copy = recorder.finish();
  device().submit(copy).wait();
  CHECK(second.copy() == expected);
}

TEST_CASE_FIXTURE(DeviceFixture, "impossible memory and buffers are refused") {
  CHECK_THROWS_AS(Memory(device(), 0, MemoryKind::kUpload), Error);
  CHECK_THROWS_AS(Memory(device(), ~std::uint64_t{0}, MemoryKind::kUpload), UnsupportedError);
  const std::uint64_t step = device().buffer_alignment();
  const Memory memory(device(), 4 * step, MemoryKind::kUpload);
  CHECK_NOTHROW(Buffer(device(), memory, step, 3 * step));
  CHECK_THROWS_AS(Buffer(device(), memory, step, 3 * step + 1), Error);
  CHECK_THROWS_AS(Buffer(device(), memory, step + 1, step), Error);
  CHECK_THROWS_AS(Buffer(device(), memory, 8 * step, step), Error);
  CHECK_THROWS_AS(Buffer(device(), memory, step, ~std::uint64_t{0}), Error);
  CHECK_THROWS_AS(Buffer(device(), memory, 0, 0), Error);
}

TEST_CASE("several instances and devices live side by side") {
  Instance plain;
  {
    const Instance other;
    CHECK(other.devices().size() == plain.devices().size());
  }
  REQUIRE(!plain.devices().empty());
  Device first(plain, plain.devices().front());
  Device second(plain, plain.devices().back());
  for (Device* device : {&first, &second}) {
    MappedBuffer<std::uint32_t> data(*device, 4);
    CommandRecorder recorder(*device);
    recorder.fill(data.buffer(), 0, 16, 7);
    const Recording recording = recorder.finish();
    device->submit(recording).wait();
    CHECK(data.copy() == std::vector<std::uint32_t>(4, 7));
  }
}

TEST_CASE("the error of a failed call names the call and its result") {
  try {
    check(VK_ERROR_DEVICE_LOST, "vkQueueSubmit(…)");
    FAIL("no error");
  } catch (const VulkanError& error) {
    CHECK(error.result() == VK_ERROR_DEVICE_LOST);
    CHECK(std::string(error.what()).find("vkQueueSubmit") == 0);
    CHECK(std::string(error.what()).find("VK_ERROR_DEVICE_LOST") != std::string::npos);
  }
}

}  // namespace
}  // namespace gfnet::vulkan
