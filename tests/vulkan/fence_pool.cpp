// Waiting for a device that does not finish its work.
#include "vulkan/commands/fence_pool.h"

#include <doctest/doctest.h>

#include <chrono>
#include <thread>

#include "gfnet/error.h"
#include "support/device_fixture.h"
#include "vulkan/memory/memory.h"

using namespace gfnet;
using namespace gfnet::vulkan;
using gfnet::test::DeviceFixture;

namespace {

/// Replaces vkWaitForFences and vkFreeMemory of a device for one test case. One object at a time.
class FakeWaits {
 public:
  explicit FakeWaits(Device& device)
      // The device has this table as a member that is not const.
      : functions_(const_cast<DeviceFunctions&>(device.vk())), real_(functions_) {
    waits = freed = 0;
    free_memory = real_.vkFreeMemory;
    functions_.vkWaitForFences = [](VkDevice, std::uint32_t, const VkFence*, VkBool32,
                                    std::uint64_t timeout) -> VkResult {
      // A stopped process finds that more time has passed than it asked for.
      if (++waits <= stopped) {
        std::this_thread::sleep_for(3 * std::chrono::nanoseconds(timeout));
      }
      return waits == successful ? VK_SUCCESS : VK_TIMEOUT;
    };
    functions_.vkFreeMemory = [](VkDevice handle, VkDeviceMemory memory,
                                 const VkAllocationCallbacks* callbacks) {
      ++freed;
      free_memory(handle, memory, callbacks);
    };
  }
  ~FakeWaits() {
    functions_ = real_;
    *functions_.hangs = false;
  }
  FakeWaits(const FakeWaits&) = delete;
  FakeWaits& operator=(const FakeWaits&) = delete;

  static inline int waits = 0;
  static inline int stopped = 0;
  /// Number of the wait that succeeds; −1: none.
  static inline int successful = -1;
  static inline int freed = 0;
  static inline PFN_vkFreeMemory free_memory = nullptr;

 private:
  DeviceFunctions& functions_;
  const DeviceFunctions real_;
};

}  // namespace

TEST_CASE_FIXTURE(DeviceFixture, "a device that does not signal a fence in time hangs") {
  FencePool pool(std::chrono::seconds(1));
  const Fence fence = pool.take(device().vk());
  const FakeWaits fake(device());
  FakeWaits::stopped = 0;
  FakeWaits::successful = -1;
  CHECK_FALSE(device().hangs());
  try {
    pool.wait(device().vk(), fence.get());
    FAIL("the wait ended without an error");
  } catch (const VulkanError& error) {
    CHECK(error.is_device_lost());
    CHECK(error.what() == std::string("waiting 1 s for the device failed: VK_TIMEOUT"));
  }
  CHECK(device().hangs());
  // Nobody waits again, and what the work may use is not destroyed.
  const int waits = FakeWaits::waits;
  CHECK_THROWS_AS(pool.wait(device().vk(), fence.get()), VulkanError);
  pool.wait_quietly(device().vk(), fence.get());
  CHECK(FakeWaits::waits == waits);
  VkDeviceMemory left = VK_NULL_HANDLE;
  {
    const Memory leaked(device(), 1024, MemoryKind::kDeviceLocal);
    left = leaked.handle();
  }
  CHECK(FakeWaits::freed == 0);
  FakeWaits::free_memory(device().handle(), left, nullptr);
}

TEST_CASE_FIXTURE(DeviceFixture, "a process that was stopped does not take its device for hung") {
  FencePool pool(std::chrono::seconds(1));
  const Fence fence = pool.take(device().vk());
  const FakeWaits fake(device());
  FakeWaits::stopped = 12;  // more than a wait has parts
  FakeWaits::successful = 13;
  pool.wait(device().vk(), fence.get());
  CHECK_FALSE(device().hangs());
  { const Memory freed(device(), 1024, MemoryKind::kDeviceLocal); }
  CHECK(FakeWaits::freed == 1);
}
