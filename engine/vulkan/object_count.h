#pragma once

#include <atomic>
#include <cstdint>

namespace gfnet::vulkan {

/// How many Vulkan objects and descriptor sets this process has made so far, on all devices.
/// Objects that VkFFT creates while it makes a plan are not counted. Submitting a recording again
/// changes neither number.
struct ObjectCount {
  /// Number of objects created, including destroyed ones: memory, buffers, pipelines, descriptor
  /// pools, command pools, fences and so on.
  std::uint64_t objects = 0;
  /// Number of descriptor sets written.
  std::uint64_t descriptor_sets = 0;

  friend bool operator==(const ObjectCount&, const ObjectCount&) = default;
};

/// The counters behind object_count(). Class Handle updates `objects`, class CommandRecorder
/// updates `descriptor_sets`.
struct ObjectCounters {
  std::atomic<std::uint64_t> objects{0};
  std::atomic<std::uint64_t> descriptor_sets{0};
};
inline ObjectCounters object_counters;

inline ObjectCount object_count() {
  return {object_counters.objects.load(), object_counters.descriptor_sets.load()};
}

}  // namespace gfnet::vulkan
