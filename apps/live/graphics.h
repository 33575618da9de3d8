#pragma once

#include <gfnet/interop.h>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "vulkan_objects.h"

namespace live {

/// How many frames may be under way; what they read exists as often.
constexpr std::size_t kFramesInFlight = 2;

/// Memory that host and device see.
struct HostBuffer {
  OwnedMemory memory;  // freed after the buffer in it
  OwnedBuffer buffer;
  std::span<std::byte> mapped;
};

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

/// What everything that draws shares: the device, and the one descriptor layout, a texture.
class Graphics {
 public:
  explicit Graphics(const gfnet::SharedDevice& shared);

  const gfnet::SharedDevice& shared() const { return shared_; }
  VkDevice device() const { return shared_.device(); }
  VkPhysicalDevice physical_device() const { return shared_.physical_device(); }

  HostBuffer make_host_buffer(std::uint64_t bytes, VkBufferUsageFlags usage) const;
  /// preferred: properties that would be good to have besides.
  OwnedMemory allocate(const VkMemoryRequirements& requirements, VkMemoryPropertyFlags properties,
                       VkMemoryPropertyFlags preferred = 0) const;

  /// A set for a texture that shaders sample; lives as long as this does, as few are needed.
  VkDescriptorSet make_texture_set() const;
  void set_texture(VkDescriptorSet set, VkImageView view) const;

  /// Blends over what is there; viewport and scissors are dynamic.
  DrawingPipeline make_pipeline(const PipelineRecipe& recipe) const;

  /// Waits until the device has done all that was submitted.
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
