#pragma once

#include <map>
#include <memory>
#include <vector>

#include "plan/plan.h"
#include "vulkan/buffer.h"
#include "vulkan/device.h"
#include "vulkan/memory.h"

namespace gfnet::runtime {

/// Constants on the device, each uploaded when a plan first asks for it and shared by all plans
/// whose graphs share its data.
class ConstantStore {
 public:
  /// device must outlive the store.
  explicit ConstantStore(vulkan::Device& device) : device_(device) {}

  /// Uploads what the plan needs and is not there yet.
  void upload(const plan::Plan& plan);
  /// Whether all that the plan needs is there.
  bool holds(const plan::Plan& plan) const;
  /// Frees everything. No pipeline may still read it.
  void clear();

  /// How long uploads took so far, and the device memory they fill.
  double upload_seconds() const { return upload_seconds_; }
  std::uint64_t bytes() const;

  /// The buffer of a constant that an uploaded plan names.
  const vulkan::Buffer& buffer(const plan::Resource& resource) const;

 private:
  using Key = std::pair<std::shared_ptr<const std::vector<float>>, plan::Packing>;

  static Key key_of(const plan::Resource& resource) { return {resource.data, resource.packing}; }
  void upload_block(const std::vector<const plan::Resource*>& resources, std::uint64_t bytes);
  std::uint64_t room_of(const plan::Resource& resource) const;

  vulkan::Device& device_;
  std::vector<vulkan::Memory> blocks_;
  std::map<Key, vulkan::Buffer> buffers_;
  double upload_seconds_ = 0;
};

}  // namespace gfnet::runtime
