#pragma once

#include <map>
#include <vector>

#include "plan/plan.h"
#include "vulkan/buffer.h"
#include "vulkan/device.h"
#include "vulkan/memory.h"

namespace gfnet::runtime {

/// A graph's constants on the device, each uploaded when a plan first asks for it and shared by the
/// plans for all batch sizes.
class ConstantStore {
 public:
  /// Both must outlive the store.
  ConstantStore(vulkan::Device& device, const graph::Graph& graph)
      : device_(device), graph_(graph) {}

  /// Uploads what the plan needs and is not there yet.
  void upload(const plan::Plan& plan);

  /// How long uploads took so far, and the device memory they fill.
  double upload_seconds() const { return upload_seconds_; }
  std::uint64_t bytes() const;

  /// The buffer of a constant that an uploaded plan names.
  const vulkan::Buffer& buffer(const plan::Resource& resource) const;

 private:
  using Key = std::pair<graph::ValueId, plan::Packing>;

  void upload_block(const std::vector<const plan::Resource*>& resources, std::uint64_t bytes);
  std::uint64_t room_of(const plan::Resource& resource) const;

  vulkan::Device& device_;
  const graph::Graph& graph_;
  std::vector<vulkan::Memory> blocks_;
  std::map<Key, vulkan::Buffer> buffers_;
  double upload_seconds_ = 0;
};

}  // namespace gfnet::runtime
