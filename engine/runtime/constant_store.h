#pragma once

#include <map>
#include <memory>
#include <vector>

#include "plan/plan.h"
#include "vulkan/device.h"
#include "vulkan/memory/buffer.h"
#include "vulkan/memory/memory.h"

namespace gfnet::runtime {

/// The constants (weights) that were uploaded to a device. A constant is uploaded when a plan first
/// needs it. Two plans share a constant if they use the same data object with the same packing
/// (kernels::Packing).
class ConstantStore {
 public:
  /// device must outlive the store.
  explicit ConstantStore(vulkan::Device& device) : device_(device) {}

  /// Uploads the plan's constants that are not on the device yet, and waits until they are. Throws
  /// VulkanError, UnsupportedError.
  void upload(const plan::Plan& plan);
  /// Whether all constants of the plan are on the device.
  bool holds(const plan::Plan& plan) const;
  /// Frees all constants. When clear() is called, no pipeline may use the constants any more.
  void clear();

  /// Seconds spent in upload() so far.
  double upload_seconds() const { return upload_seconds_; }
  /// Bytes of device memory allocated for constants.
  std::uint64_t bytes() const;

  /// The buffer that holds a constant of a plan. The plan must have been passed to upload().
  const vulkan::Buffer& buffer(const plan::Resource& resource) const;

 private:
  using Key = std::pair<std::shared_ptr<const std::vector<float>>, kernels::Packing>;

  static Key key_of(const plan::Resource& resource) { return {resource.data, resource.packing}; }
  void upload_block(const std::vector<const plan::Resource*>& resources, std::uint64_t bytes);
  std::uint64_t room_of(const plan::Resource& resource) const;

  vulkan::Device& device_;
  std::vector<vulkan::Memory> blocks_;
  std::map<Key, vulkan::Buffer> buffers_;
  double upload_seconds_ = 0;
};

}  // namespace gfnet::runtime
