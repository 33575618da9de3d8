#include "display/graphics.h"

#include <fmt/format.h>
#include <gfnet/error.h>

#include <array>
#include <mutex>
#include <string>

namespace live {
namespace {

constexpr std::uint32_t kMostTextures = 16;

}  // namespace

void check_vulkan(VkResult result, const char* call) {
  if (result >= 0) return;
  std::string name = fmt::format("VkResult {}", static_cast<int>(result));
  if (result == VK_ERROR_DEVICE_LOST) name = "VK_ERROR_DEVICE_LOST";
  if (result == VK_ERROR_OUT_OF_DEVICE_MEMORY) name = "VK_ERROR_OUT_OF_DEVICE_MEMORY";
  if (result == VK_ERROR_OUT_OF_HOST_MEMORY) name = "VK_ERROR_OUT_OF_HOST_MEMORY";
  throw gfnet::VulkanError(call, result, name);
}

Graphics::Graphics(const gfnet::SharedDevice& shared) : shared_(shared) {
  vkGetPhysicalDeviceMemoryProperties(physical_device(), &memory_properties_);

  VkSamplerCreateInfo sampler_info{};
  sampler_info.sType = VK_STRUCTURE_TYPE_SAMPLER_CREATE_INFO;
  sampler_info.magFilter = VK_FILTER_LINEAR;
  sampler_info.minFilter = VK_FILTER_LINEAR;
  sampler_info.mipmapMode = VK_SAMPLER_MIPMAP_MODE_LINEAR;
  sampler_info.addressModeU = VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE;
  sampler_info.addressModeV = VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE;
  sampler_info.addressModeW = VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE;
  sampler_info.maxLod = VK_LOD_CLAMP_NONE;
  VkSampler sampler = VK_NULL_HANDLE;
  LIVE_VK(vkCreateSampler(device(), &sampler_info, nullptr, &sampler));
  sampler_ = {device(), sampler};

  VkDescriptorSetLayoutBinding binding{};
  binding.descriptorType = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER;
  binding.descriptorCount = 1;
  binding.stageFlags = VK_SHADER_STAGE_FRAGMENT_BIT;
  binding.pImmutableSamplers = &sampler;
  VkDescriptorSetLayoutCreateInfo layout_info{};
  layout_info.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO;
  layout_info.bindingCount = 1;
  layout_info.pBindings = &binding;
  VkDescriptorSetLayout layout = VK_NULL_HANDLE;
  LIVE_VK(vkCreateDescriptorSetLayout(device(), &layout_info, nullptr, &layout));
  set_layout_ = {device(), layout};

  const VkDescriptorPoolSize size{VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, kMostTextures};
  VkDescriptorPoolCreateInfo pool_info{};
  pool_info.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO;
  pool_info.maxSets = kMostTextures;
  pool_info.poolSizeCount = 1;
  pool_info.pPoolSizes = &size;
  VkDescriptorPool pool = VK_NULL_HANDLE;
  LIVE_VK(vkCreateDescriptorPool(device(), &pool_info, nullptr, &pool));
  pool_ = {device(), pool};
}

std::optional<std::uint32_t> Graphics::memory_type(std::uint32_t allowed,
                                                   VkMemoryPropertyFlags properties) const {
  for (std::uint32_t type = 0; type < memory_properties_.memoryTypeCount; ++type) {
    if ((allowed & (1U << type)) == 0) continue;
    if ((memory_properties_.memoryTypes[type].propertyFlags & properties) == properties) {
      return type;
    }
  }
  return std::nullopt;
}

OwnedMemory Graphics::allocate(const VkMemoryRequirements& requirements,
                               VkMemoryPropertyFlags properties,
                               VkMemoryPropertyFlags preferred) const {
  std::optional<std::uint32_t> type =
      memory_type(requirements.memoryTypeBits, properties | preferred);
  if (!type) type = memory_type(requirements.memoryTypeBits, properties);
  if (!type) {
    throw gfnet::VulkanError("looking for a memory type", VK_ERROR_FEATURE_NOT_PRESENT,
                             "VK_ERROR_FEATURE_NOT_PRESENT");
  }
  VkMemoryAllocateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO;
  info.allocationSize = requirements.size;
  info.memoryTypeIndex = *type;
  VkDeviceMemory memory = VK_NULL_HANDLE;
  LIVE_VK(vkAllocateMemory(device(), &info, nullptr, &memory));
  return {device(), memory};
}

HostBuffer Graphics::make_host_buffer(std::uint64_t bytes, VkBufferUsageFlags usage) const {
  VkBufferCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO;
  info.size = bytes;
  info.usage = usage;
  VkBuffer buffer = VK_NULL_HANDLE;
  LIVE_VK(vkCreateBuffer(device(), &info, nullptr, &buffer));
  HostBuffer made;
  made.buffer = {device(), buffer};
  VkMemoryRequirements requirements{};
  vkGetBufferMemoryRequirements(device(), buffer, &requirements);
  // Cached memory is much faster for the host to read.
  const bool is_read = (usage & VK_BUFFER_USAGE_TRANSFER_DST_BIT) != 0;
  made.memory = allocate(requirements,
                         VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT,
                         is_read ? VK_MEMORY_PROPERTY_HOST_CACHED_BIT : 0);
  LIVE_VK(vkBindBufferMemory(device(), buffer, made.memory.get(), 0));
  void* mapped = nullptr;
  LIVE_VK(vkMapMemory(device(), made.memory.get(), 0, VK_WHOLE_SIZE, 0, &mapped));
  made.mapped = {static_cast<std::byte*>(mapped), static_cast<std::size_t>(bytes)};
  return made;
}

VkDescriptorSet Graphics::make_texture_set() const {
  const VkDescriptorSetLayout layout = set_layout_.get();
  VkDescriptorSetAllocateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO;
  info.descriptorPool = pool_.get();
  info.descriptorSetCount = 1;
  info.pSetLayouts = &layout;
  VkDescriptorSet set = VK_NULL_HANDLE;
  LIVE_VK(vkAllocateDescriptorSets(device(), &info, &set));
  return set;
}

void Graphics::set_texture(VkDescriptorSet set, VkImageView view) const {
  VkDescriptorImageInfo image{};
  image.imageView = view;
  image.imageLayout = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL;
  VkWriteDescriptorSet write{};
  write.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET;
  write.dstSet = set;
  write.descriptorCount = 1;
  write.descriptorType = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER;
  write.pImageInfo = &image;
  vkUpdateDescriptorSets(device(), 1, &write, 0, nullptr);
}

OwnedShader Graphics::make_shader(std::span<const std::uint32_t> spirv) const {
  VkShaderModuleCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO;
  info.codeSize = spirv.size_bytes();
  info.pCode = spirv.data();
  VkShaderModule module = VK_NULL_HANDLE;
  LIVE_VK(vkCreateShaderModule(device(), &info, nullptr, &module));
  return {device(), module};
}

DrawingPipeline Graphics::make_pipeline(const PipelineRecipe& recipe) const {
  const VkDescriptorSetLayout set_layout = set_layout_.get();
  const VkPushConstantRange push{VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT, 0,
                                 recipe.push_bytes};
  VkPipelineLayoutCreateInfo layout_info{};
  layout_info.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO;
  layout_info.setLayoutCount = 1;
  layout_info.pSetLayouts = &set_layout;
  layout_info.pushConstantRangeCount = 1;
  layout_info.pPushConstantRanges = &push;
  VkPipelineLayout layout = VK_NULL_HANDLE;
  LIVE_VK(vkCreatePipelineLayout(device(), &layout_info, nullptr, &layout));
  DrawingPipeline made;
  made.layout = {device(), layout};

  const OwnedShader vertex = make_shader(recipe.vertex_shader);
  const OwnedShader fragment = make_shader(recipe.fragment_shader);
  std::array<VkPipelineShaderStageCreateInfo, 2> stages{};
  for (VkPipelineShaderStageCreateInfo& stage : stages) {
    stage.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO;
    stage.pName = "main";
  }
  stages[0].stage = VK_SHADER_STAGE_VERTEX_BIT;
  stages[0].module = vertex.get();
  stages[1].stage = VK_SHADER_STAGE_FRAGMENT_BIT;
  stages[1].module = fragment.get();

  const VkVertexInputBindingDescription vertices{0, recipe.vertex_bytes,
                                                 VK_VERTEX_INPUT_RATE_VERTEX};
  VkPipelineVertexInputStateCreateInfo input{};
  input.sType = VK_STRUCTURE_TYPE_PIPELINE_VERTEX_INPUT_STATE_CREATE_INFO;
  input.vertexBindingDescriptionCount = recipe.vertex_bytes > 0 ? 1 : 0;
  input.pVertexBindingDescriptions = &vertices;
  input.vertexAttributeDescriptionCount = static_cast<std::uint32_t>(recipe.attributes.size());
  input.pVertexAttributeDescriptions = recipe.attributes.data();
  VkPipelineInputAssemblyStateCreateInfo assembly{};
  assembly.sType = VK_STRUCTURE_TYPE_PIPELINE_INPUT_ASSEMBLY_STATE_CREATE_INFO;
  assembly.topology = recipe.topology;
  VkPipelineViewportStateCreateInfo viewport{};
  viewport.sType = VK_STRUCTURE_TYPE_PIPELINE_VIEWPORT_STATE_CREATE_INFO;
  viewport.viewportCount = 1;
  viewport.scissorCount = 1;
  VkPipelineRasterizationStateCreateInfo raster{};
  raster.sType = VK_STRUCTURE_TYPE_PIPELINE_RASTERIZATION_STATE_CREATE_INFO;
  raster.polygonMode = VK_POLYGON_MODE_FILL;
  raster.cullMode = VK_CULL_MODE_NONE;
  raster.lineWidth = 1.0F;
  VkPipelineMultisampleStateCreateInfo samples{};
  samples.sType = VK_STRUCTURE_TYPE_PIPELINE_MULTISAMPLE_STATE_CREATE_INFO;
  samples.rasterizationSamples = VK_SAMPLE_COUNT_1_BIT;
  VkPipelineColorBlendAttachmentState blend{};
  blend.blendEnable = VK_TRUE;
  blend.srcColorBlendFactor = VK_BLEND_FACTOR_SRC_ALPHA;
  blend.dstColorBlendFactor = VK_BLEND_FACTOR_ONE_MINUS_SRC_ALPHA;
  blend.colorBlendOp = VK_BLEND_OP_ADD;
  blend.srcAlphaBlendFactor = VK_BLEND_FACTOR_ONE;
  blend.dstAlphaBlendFactor = VK_BLEND_FACTOR_ONE_MINUS_SRC_ALPHA;
  blend.alphaBlendOp = VK_BLEND_OP_ADD;
  blend.colorWriteMask = VK_COLOR_COMPONENT_R_BIT | VK_COLOR_COMPONENT_G_BIT |
                         VK_COLOR_COMPONENT_B_BIT | VK_COLOR_COMPONENT_A_BIT;
  VkPipelineColorBlendStateCreateInfo blending{};
  blending.sType = VK_STRUCTURE_TYPE_PIPELINE_COLOR_BLEND_STATE_CREATE_INFO;
  blending.attachmentCount = 1;
  blending.pAttachments = &blend;
  constexpr std::array kDynamic{VK_DYNAMIC_STATE_VIEWPORT, VK_DYNAMIC_STATE_SCISSOR};
  VkPipelineDynamicStateCreateInfo dynamic{};
  dynamic.sType = VK_STRUCTURE_TYPE_PIPELINE_DYNAMIC_STATE_CREATE_INFO;
  dynamic.dynamicStateCount = static_cast<std::uint32_t>(kDynamic.size());
  dynamic.pDynamicStates = kDynamic.data();

  VkGraphicsPipelineCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_GRAPHICS_PIPELINE_CREATE_INFO;
  info.stageCount = static_cast<std::uint32_t>(stages.size());
  info.pStages = stages.data();
  info.pVertexInputState = &input;
  info.pInputAssemblyState = &assembly;
  info.pViewportState = &viewport;
  info.pRasterizationState = &raster;
  info.pMultisampleState = &samples;
  info.pColorBlendState = &blending;
  info.pDynamicState = &dynamic;
  info.layout = layout;
  info.renderPass = recipe.render_pass;
  VkPipeline pipeline = VK_NULL_HANDLE;
  LIVE_VK(vkCreateGraphicsPipelines(device(), VK_NULL_HANDLE, 1, &info, nullptr, &pipeline));
  made.pipeline = {device(), pipeline};
  return made;
}

void Graphics::wait_idle() const {
  const std::lock_guard lock(shared_.queue_mutex());
  LIVE_VK(vkDeviceWaitIdle(device()));
}

}  // namespace live
