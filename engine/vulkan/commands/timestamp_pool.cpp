#include "vulkan/commands/timestamp_pool.h"

#include "gfnet/error.h"

namespace gfnet::vulkan {

TimestampPool::TimestampPool(const Device& device, std::uint32_t capacity)
    : capacity_(capacity),
      bits_(device.info().timestamp_bits),
      period_(static_cast<double>(device.info().timestamp_period)) {
  if (bits_ == 0) throw UnsupportedError("timestamps", device.info().name);
  VkQueryPoolCreateInfo create{};
  create.sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO;
  create.queryType = VK_QUERY_TYPE_TIMESTAMP;
  create.queryCount = capacity;
  VkQueryPool pool = VK_NULL_HANDLE;
  GFNET_VK(device.vk().vkCreateQueryPool(device.handle(), &create, nullptr, &pool));
  pool_ = {device.vk(), pool};
}

std::vector<double> TimestampPool::read() const {
  if (size_ == 0) return {};
  std::vector<std::uint64_t> ticks(size_);
  const DeviceFunctions& vk = pool_.vk();
  GFNET_VK(vk.vkGetQueryPoolResults(vk.device, pool_.get(), 0, size_,
                                    ticks.size() * sizeof(ticks[0]), ticks.data(), sizeof(ticks[0]),
                                    VK_QUERY_RESULT_64_BIT | VK_QUERY_RESULT_WAIT_BIT));
  const std::uint64_t mask = bits_ >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits_) - 1;
  std::vector<double> nanoseconds;
  nanoseconds.reserve(ticks.size());
  for (std::uint64_t tick : ticks) {
    nanoseconds.push_back(static_cast<double>((tick - ticks[0]) & mask) * period_);
  }
  return nanoseconds;
}

}  // namespace gfnet::vulkan
