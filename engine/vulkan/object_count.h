#pragma once

#include <atomic>
#include <cstdint>

namespace gfnet::vulkan {

/// What this process has asked Vulkan for so far, on all devices; what VkFFT asks for in its own
/// name, while it makes a plan, is not counted. Work that is recorded once and replayed leaves both
/// as they are.
struct ObjectCount {
  /// Objects made: memory, buffers, pipelines, pools of descriptors and of commands, fences, ….
  std::uint64_t objects = 0;
  /// Descriptor sets written.
  std::uint64_t descriptor_sets = 0;

  friend bool operator==(const ObjectCount&, const ObjectCount&) = default;
};

/// Counted by Handle and CommandRecorder.
struct ObjectCounters {
  std::atomic<std::uint64_t> objects{0};
  std::atomic<std::uint64_t> descriptor_sets{0};
};
inline ObjectCounters object_counters;

inline ObjectCount object_count() {
  return {object_counters.objects.load(), object_counters.descriptor_sets.load()};
}

}  // namespace gfnet::vulkan
