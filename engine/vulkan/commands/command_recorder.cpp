#include "vulkan/commands/command_recorder.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "gfnet/error.h"
#include "vulkan/commands/timestamp_pool.h"
#include "vulkan/fft/fft.h"

namespace gfnet::vulkan {
namespace {

// Sizes of one descriptor pool: sets, and descriptors of each ShaderReflection::BufferKind. When a
// pool is used up, the recorder makes another one.
constexpr std::uint32_t kSetsPerPool = 128;
constexpr std::array<std::uint32_t, ShaderReflection::kBufferKinds> kDescriptorsPerPool{
    4 * kSetsPerPool, kSetsPerPool, 2 * kSetsPerPool};

constexpr VkPipelineStageFlags kAllStages =
    VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT;
constexpr VkAccessFlags kAllWrites = VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT;
constexpr VkAccessFlags kAllAccesses = kAllWrites | VK_ACCESS_SHADER_READ_BIT |
                                       VK_ACCESS_UNIFORM_READ_BIT | VK_ACCESS_TRANSFER_READ_BIT;

constexpr auto kCompute = static_cast<std::uint32_t>(HazardTracker::Stage::kCompute);
constexpr auto kTransfer = static_cast<std::uint32_t>(HazardTracker::Stage::kTransfer);

VkPipelineStageFlags stage_flags(std::uint32_t stages) {
  VkPipelineStageFlags flags = 0;
  if ((stages & kCompute) != 0) flags |= VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT;
  if ((stages & kTransfer) != 0) flags |= VK_PIPELINE_STAGE_TRANSFER_BIT;
  return flags;
}

VkAccessFlags write_flags(std::uint32_t stages) {
  VkAccessFlags flags = 0;
  if ((stages & kCompute) != 0) flags |= VK_ACCESS_SHADER_WRITE_BIT;
  if ((stages & kTransfer) != 0) flags |= VK_ACCESS_TRANSFER_WRITE_BIT;
  return flags;
}

void record_barrier(const DeviceFunctions& vk, VkCommandBuffer commands, VkPipelineStageFlags from,
                    VkAccessFlags written, VkPipelineStageFlags to, VkAccessFlags accessed) {
  VkMemoryBarrier barrier{};
  barrier.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER;
  barrier.srcAccessMask = written;
  barrier.dstAccessMask = accessed;
  // If nothing was written, an execution dependency is enough (write after read).
  vk.vkCmdPipelineBarrier(commands, from, to, 0, written != 0 ? 1 : 0, &barrier, 0, nullptr, 0,
                          nullptr);
}

bool covers(Access declared, const ShaderReflection::BufferBinding& used) {
  return (!used.readable || reads(declared)) && (!used.writable || writes(declared));
}

void check_dispatch(const Pipeline& pipeline, std::span<const Binding> bindings,
                    std::span<const std::byte> push) {
  const ShaderReflection& shader = pipeline.reflection();
  const std::string who = fmt::format("shader '{}'", pipeline.name());
  if (bindings.size() != shader.buffers.size()) {
    throw Error(fmt::format("{} binds {} buffers, but {} were given", who, shader.buffers.size(),
                            bindings.size()));
  }
  if (push.size() != shader.push_constant_bytes) {
    throw Error(fmt::format("{} has {} bytes of push constants, but {} were given", who,
                            shader.push_constant_bytes, push.size()));
  }
  for (std::size_t i = 0; i < bindings.size(); ++i) {
    if (bindings[i].buffer == nullptr) {
      throw Error(fmt::format("{}: no buffer for binding {}", who, i));
    }
    if (!covers(bindings[i].access, shader.buffers[i])) {
      throw Error(
          fmt::format("{}: binding {} ({}): the declared access does not cover the shader's access",
                      who, i, shader.buffers[i].name));
    }
  }
}

struct Texel {
  VkFormat format;
  std::uint32_t bytes;
};

Texel texel_of(TexelFormat format) {
  switch (format) {
    case TexelFormat::kRgba32F:
      return {VK_FORMAT_R32G32B32A32_SFLOAT, 16};
    case TexelFormat::kRgba16F:
      return {VK_FORMAT_R16G16B16A16_SFLOAT, 8};
    case TexelFormat::kR32F:
      return {VK_FORMAT_R32_SFLOAT, 4};
    case TexelFormat::kRgba32Uint:
      return {VK_FORMAT_R32G32B32A32_UINT, 16};
  }
  return {VK_FORMAT_UNDEFINED, 1};
}

}  // namespace

HazardTracker::Range range_of(const Buffer& buffer, std::uint64_t offset, std::uint64_t bytes,
                              Access access) {
  HazardTracker::Range range;
  // Of a borrowed buffer, only the handle is known. If it equals the handle of a memory block by
  // chance, there is a needless barrier.
  range.memory =
      buffer.memory() != VK_NULL_HANDLE ? bits_of(buffer.memory()) : bits_of(buffer.handle());
  range.begin = buffer.offset() + offset;
  range.end = range.begin + bytes;
  range.access = access;
  range.host_visible = buffer.host_visible();
  return range;
}

CommandRecorder::CommandRecorder(const Device& device, Replay replay) : device_(&device) {
  VkCommandPoolCreateInfo create{};
  create.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO;
  create.queueFamilyIndex = device.info().compute_queue_family;
  VkCommandPool pool = VK_NULL_HANDLE;
  GFNET_VK(device_->vk().vkCreateCommandPool(device.handle(), &create, nullptr, &pool));
  recording_.command_pool_ = {device.vk(), pool};
  VkCommandBufferAllocateInfo allocate{};
  allocate.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO;
  allocate.commandPool = pool;
  allocate.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY;
  allocate.commandBufferCount = 1;
  GFNET_VK(
      device_->vk().vkAllocateCommandBuffers(device.handle(), &allocate, &recording_.commands_));
  VkCommandBufferBeginInfo begin_info{};
  begin_info.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO;
  if (replay == Replay::kAnyTime) begin_info.flags = VK_COMMAND_BUFFER_USAGE_SIMULTANEOUS_USE_BIT;
  GFNET_VK(device_->vk().vkBeginCommandBuffer(recording_.commands_, &begin_info));
  // Orders this run after all earlier submissions, including earlier runs of this recording.
  record_barrier(device_->vk(), recording_.commands_, kAllStages, kAllWrites, kAllStages,
                 kAllAccesses);
}

void CommandRecorder::acquire() {
  record_barrier(device_->vk(), recording_.commands_, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT,
                 VK_ACCESS_MEMORY_WRITE_BIT, kAllStages, kAllAccesses);
}

void CommandRecorder::release() {
  record_barrier(device_->vk(), recording_.commands_, kAllStages, 0,
                 VK_PIPELINE_STAGE_ALL_COMMANDS_BIT, 0);
}

void CommandRecorder::barrier() {
  const HazardTracker::Pending& pending = tracker_.pending();
  // To all stages: commands after the next one rely on this barrier, too.
  record_barrier(device_->vk(), recording_.commands_, stage_flags(pending.stages),
                 write_flags(pending.writing_stages), kAllStages, kAllAccesses);
  tracker_.clear();
  ++recording_.counts_.barriers;
}

void CommandRecorder::begin(std::span<const HazardTracker::Range> ranges,
                            HazardTracker::Stage stage) {
  if (tracker_.needs_barrier(ranges)) barrier();
  tracker_.add(ranges, stage);
}

VkDescriptorSet CommandRecorder::allocate_set(const Pipeline& pipeline) {
  std::array<std::uint32_t, ShaderReflection::kBufferKinds> wanted{};
  for (const ShaderReflection::BufferBinding& buffer : pipeline.reflection().buffers) {
    ++wanted[static_cast<std::size_t>(buffer.kind)];
  }
  bool fits = sets_left_ > 0;
  for (std::size_t kind = 0; kind < wanted.size(); ++kind) {
    fits = fits && wanted[kind] <= descriptors_left_[kind];
  }
  if (!fits) {
    sets_left_ = kSetsPerPool;
    std::array<VkDescriptorPoolSize, ShaderReflection::kBufferKinds> sizes{};
    for (std::size_t kind = 0; kind < sizes.size(); ++kind) {
      descriptors_left_[kind] = std::max(kDescriptorsPerPool[kind], wanted[kind]);
      sizes[kind] = {Pipeline::descriptor_type(static_cast<ShaderReflection::BufferKind>(kind)),
                     descriptors_left_[kind]};
    }
    VkDescriptorPoolCreateInfo create{};
    create.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO;
    create.maxSets = sets_left_;
    create.poolSizeCount = static_cast<std::uint32_t>(sizes.size());
    create.pPoolSizes = sizes.data();
    VkDescriptorPool pool = VK_NULL_HANDLE;
    GFNET_VK(device_->vk().vkCreateDescriptorPool(device_->handle(), &create, nullptr, &pool));
    recording_.descriptor_pools_.emplace_back(device_->vk(), pool);
  }
  sets_left_ -= 1;
  for (std::size_t kind = 0; kind < wanted.size(); ++kind) descriptors_left_[kind] -= wanted[kind];
  const VkDescriptorSetLayout layout = pipeline.set_layout();
  VkDescriptorSetAllocateInfo allocate{};
  allocate.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO;
  allocate.descriptorPool = recording_.descriptor_pools_.back().get();
  allocate.descriptorSetCount = 1;
  allocate.pSetLayouts = &layout;
  VkDescriptorSet set = VK_NULL_HANDLE;
  GFNET_VK(device_->vk().vkAllocateDescriptorSets(device_->handle(), &allocate, &set));
  return set;
}

VkBufferView CommandRecorder::make_view(const Buffer& buffer, TexelFormat format) {
  const Texel texel = texel_of(format);
  const std::uint64_t elements = buffer.bytes() / texel.bytes;
  if (elements == 0 || elements > device_->info().max_texel_buffer_elements) {
    throw UnsupportedError(fmt::format("a texel buffer of {} elements (limit: {})", elements,
                                       device_->info().max_texel_buffer_elements),
                           device_->info().name);
  }
  VkBufferViewCreateInfo create{};
  create.sType = VK_STRUCTURE_TYPE_BUFFER_VIEW_CREATE_INFO;
  create.buffer = buffer.handle();
  create.format = texel.format;
  create.offset = buffer.handle_offset();
  create.range = elements * texel.bytes;
  VkBufferView view = VK_NULL_HANDLE;
  GFNET_VK(device_->vk().vkCreateBufferView(device_->handle(), &create, nullptr, &view));
  recording_.buffer_views_.emplace_back(device_->vk(), view);
  return view;
}

void CommandRecorder::dispatch(const Pipeline& pipeline, std::span<const Binding> bindings,
                               std::span<const std::byte> push,
                               const std::array<std::uint32_t, 3>& threads) {
  check_dispatch(pipeline, bindings, push);
  const std::array<std::uint32_t, 3> groups = pipeline.workgroup_count(threads);
  if (groups[0] == 0 || groups[1] == 0 || groups[2] == 0) return;

  ranges_.clear();
  for (const Binding& binding : bindings) {
    ranges_.push_back(range_of(*binding.buffer, 0, binding.buffer->bytes(), binding.access));
  }
  begin(ranges_, HazardTracker::Stage::kCompute);
  run(pipeline, bindings, push, groups);
}

void CommandRecorder::dispatch_nothing(const Pipeline& pipeline, const Buffer& any) {
  const std::vector<Binding> bindings(pipeline.reflection().buffers.size(),
                                      {&any, Access::kReadWrite});
  const std::vector<std::byte> push(pipeline.reflection().push_constant_bytes);
  run(pipeline, bindings, push, {0, 0, 0});
}

void CommandRecorder::run(const Pipeline& pipeline, std::span<const Binding> bindings,
                          std::span<const std::byte> push,
                          const std::array<std::uint32_t, 3>& groups) {
  const VkDescriptorSet set = allocate_set(pipeline);
  std::vector<VkDescriptorBufferInfo> buffers(bindings.size());
  std::vector<VkBufferView> views(bindings.size());
  std::vector<VkWriteDescriptorSet> descriptor_writes(bindings.size());
  for (std::size_t i = 0; i < bindings.size(); ++i) {
    VkWriteDescriptorSet& write = descriptor_writes[i];
    write.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET;
    write.dstSet = set;
    write.dstBinding = static_cast<std::uint32_t>(i);
    write.descriptorCount = 1;
    const ShaderReflection::BufferKind kind = pipeline.reflection().buffers[i].kind;
    write.descriptorType = Pipeline::descriptor_type(kind);
    if (kind == ShaderReflection::BufferKind::kUniformTexel) {
      views[i] = make_view(*bindings[i].buffer, bindings[i].texel_format);
      write.pTexelBufferView = &views[i];
    } else {
      buffers[i] = {bindings[i].buffer->handle(), bindings[i].buffer->handle_offset(),
                    bindings[i].buffer->bytes()};
      write.pBufferInfo = &buffers[i];
    }
  }
  device_->vk().vkUpdateDescriptorSets(device_->handle(),
                                       static_cast<std::uint32_t>(descriptor_writes.size()),
                                       descriptor_writes.data(), 0, nullptr);
  ++object_counters.descriptor_sets;

  const DeviceFunctions& vk = device_->vk();
  const VkCommandBuffer commands = recording_.commands_;
  vk.vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline.handle());
  vk.vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline.layout(), 0, 1,
                             &set, 0, nullptr);
  if (!push.empty()) {
    vk.vkCmdPushConstants(commands, pipeline.layout(), VK_SHADER_STAGE_COMPUTE_BIT, 0,
                          static_cast<std::uint32_t>(push.size()), push.data());
  }
  vk.vkCmdDispatch(commands, groups[0], groups[1], groups[2]);
  ++recording_.counts_.dispatches;
}

void CommandRecorder::copy(const Buffer& source, const Buffer& destination,
                           std::span<const CopyRegion> regions) {
  std::vector<VkBufferCopy> copies;
  ranges_.clear();
  for (const CopyRegion& region : regions) {
    if (region.bytes == 0) continue;
    const auto outside = [&region](const Buffer& buffer, std::uint64_t offset) {
      return offset > buffer.bytes() || region.bytes > buffer.bytes() - offset;
    };
    if (outside(source, region.source_offset) || outside(destination, region.destination_offset)) {
      throw Error(fmt::format(
          "copy out of range: {} bytes from offset {} of {} bytes to offset {} of {} bytes",
          region.bytes, region.source_offset, source.bytes(), region.destination_offset,
          destination.bytes()));
    }
    copies.push_back({source.handle_offset() + region.source_offset,
                      destination.handle_offset() + region.destination_offset, region.bytes});
    ranges_.push_back(range_of(source, region.source_offset, region.bytes, Access::kRead));
    ranges_.push_back(
        range_of(destination, region.destination_offset, region.bytes, Access::kWrite));
  }
  if (copies.empty()) return;
  begin(ranges_, HazardTracker::Stage::kTransfer);
  device_->vk().vkCmdCopyBuffer(recording_.commands_, source.handle(), destination.handle(),
                                static_cast<std::uint32_t>(copies.size()), copies.data());
  ++recording_.counts_.copies;
}

void CommandRecorder::copy(const Buffer& source, const Buffer& destination, std::uint64_t bytes) {
  const CopyRegion region{0, 0, bytes};
  copy(source, destination, std::span<const CopyRegion>(&region, 1));
}

void CommandRecorder::fill(const Buffer& destination, std::uint64_t offset, std::uint64_t bytes,
                           std::uint32_t value) {
  if (bytes == 0) return;
  if (offset % 4 != 0 || bytes % 4 != 0 || offset > destination.bytes() ||
      bytes > destination.bytes() - offset) {
    throw Error(
        fmt::format("fill out of range or not a multiple of 4: {} bytes at offset {} of {} bytes",
                    bytes, offset, destination.bytes()));
  }
  const HazardTracker::Range range = range_of(destination, offset, bytes, Access::kWrite);
  begin(std::span<const HazardTracker::Range>(&range, 1), HazardTracker::Stage::kTransfer);
  device_->vk().vkCmdFillBuffer(recording_.commands_, destination.handle(),
                                destination.handle_offset() + offset, bytes, value);
  ++recording_.counts_.copies;
}

void CommandRecorder::fft(Fft& transform, FftDirection direction) {
  transform.record(*this, direction);
  ++recording_.counts_.ffts;
}

VkCommandBuffer CommandRecorder::external(std::span<const HazardTracker::Range> ranges) {
  begin(ranges, HazardTracker::Stage::kCompute);
  return recording_.commands_;
}

std::uint32_t CommandRecorder::timestamp(TimestampPool& pool) {
  if (timestamps_ == nullptr) {
    if (pool.size_ != 0) throw Error("the timestamp pool is used by another recording");
    timestamps_ = &pool;
    device_->vk().vkCmdResetQueryPool(recording_.commands_, pool.handle(), 0, pool.capacity());
  }
  if (timestamps_ != &pool) throw Error("a recording can use only one timestamp pool");
  if (pool.size_ == pool.capacity_) {
    throw Error(fmt::format("the timestamp pool is full: {} timestamps", pool.capacity_));
  }
  device_->vk().vkCmdWriteTimestamp(recording_.commands_, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT,
                                    pool.handle(), pool.size_);
  return pool.size_++;
}

Recording CommandRecorder::finish() {
  const std::uint32_t stages = tracker_.host_writing_stages();
  if (stages != 0) {
    record_barrier(device_->vk(), recording_.commands_, stage_flags(stages), write_flags(stages),
                   VK_PIPELINE_STAGE_HOST_BIT, VK_ACCESS_HOST_READ_BIT);
  }
  GFNET_VK(device_->vk().vkEndCommandBuffer(recording_.commands_));
  return std::move(recording_);
}

}  // namespace gfnet::vulkan
