#pragma once

#include <gfnet/interop.h>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "display/vulkan_objects.h"

namespace live {

/// Number of frames in flight: redraws of the window whose commands may run on the device at the
/// same time. Buffers that the CPU fills for a redraw exist once per frame in flight.
constexpr std::size_t kFramesInFlight = 2;

/// A buffer in host-visible memory, mapped.
struct HostBuffer {
  OwnedMemory memory;  // declared first: it is freed after the buffer
  OwnedBuffer buffer;
  std::span<std::byte> mapped;
};

/// What make_pipeline() needs. Sizes are in bytes, shaders are SPIR-V.
struct PipelineRecipe {
  VkRenderPass render_pass = VK_NULL_HANDLE;
  std::span<const std::uint32_t> vertex_shader;
  std::span<const std::uint32_t> fragment_shader;
  std::uint32_t push_bytes = 0;
  VkPrimitiveTopology topology = VK_PRIMITIVE_TOPOLOGY_TRIANGLE_LIST;
  std::uint32_t vertex_bytes = 0;
  std::vector<VkVertexInputAttributeDescription> attributes;
};

struct DrawingPipeline {
  OwnedPipelineLayout layout;
  OwnedPipeline pipeline;
};

/// What everything that draws to the window shares: the device, the sampler, and the only
/// descriptor set layout. A descriptor set of this layout holds one texture.
class Graphics {
 public:
  explicit Graphics(const gfnet::SharedDevice& shared);

  const gfnet::SharedDevice& shared() const { return shared_; }
  VkDevice device() const { return shared_.device(); }
  VkPhysicalDevice physical_device() const { return shared_.physical_device(); }

  HostBuffer make_host_buffer(std::uint64_t bytes, VkBufferUsageFlags usage) const;
  /// Allocates memory of a type that has `properties` and, if there is such a type, also
  /// `preferred`. Throws gfnet::VulkanError.
  OwnedMemory allocate(const VkMemoryRequirements& requirements, VkMemoryPropertyFlags properties,
                       VkMemoryPropertyFlags preferred = 0) const;

  /// Allocates a descriptor set for one texture. The set is freed only with this object, because
  /// few sets are needed.
  VkDescriptorSet make_texture_set() const;
  void set_texture(VkDescriptorSet set, VkImageView view) const;

  /// Makes a pipeline that blends over the existing colours. Viewport and scissor are dynamic
  /// state.
  DrawingPipeline make_pipeline(const PipelineRecipe& recipe) const;

  /// Waits until the device has finished all submitted work. Locks the queue.
  void wait_idle() const;

 private:
  std::optional<std::uint32_t> memory_type(std::uint32_t allowed,
                                           VkMemoryPropertyFlags properties) const;
  OwnedShader make_shader(std::span<const std::uint32_t> spirv) const;

  gfnet::SharedDevice shared_;
  VkPhysicalDeviceMemoryProperties memory_properties_{};
  OwnedSampler sampler_;
  OwnedSetLayout set_layout_;
  OwnedDescriptorPool pool_;
};

}  // namespace live
