#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gfnet::vulkan {

enum class DeviceType { kDiscrete, kIntegrated, kVirtual, kCpu, kOther };

/// "discrete", "integrated", "virtual", "cpu", "other".
std::string_view name_of(DeviceType type);

/// A matrix product that a subgroup computes as one operation: [rows, inner] × [inner, columns].
struct MatrixShape {
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  std::uint32_t inner = 0;
  friend bool operator==(const MatrixShape&, const MatrixShape&) = default;
};

/// What a device is and can do. Plain data; no Vulkan type in it.
struct DeviceInfo {
  /// Position in Instance::devices().
  std::uint32_t index = 0;
  std::string name;
  /// Driver's name and version as the driver words them: "llvmpipe", "Mesa 25.0.7 (LLVM 15.0.6)".
  std::string driver;
  std::string driver_version;
  DeviceType type = DeviceType::kOther;
  std::uint32_t vendor_id = 0;
  std::uint32_t device_id = 0;
  /// VkPhysicalDeviceProperties::driverVersion, for cache keys.
  std::uint32_t driver_version_number = 0;
  /// Vulkan version, packed as VK_MAKE_API_VERSION does, and as text: "1.3.274".
  std::uint32_t api_version = 0;
  std::string api_version_text;
  std::array<std::uint8_t, 16> device_uuid{};
  std::array<std::uint8_t, 16> driver_uuid{};
  std::array<std::uint8_t, 16> pipeline_cache_uuid{};
  /// Bytes of the largest device-local heap.
  std::uint64_t memory_bytes = 0;

  // Limits.
  std::uint64_t max_storage_buffer_range = 0;
  std::uint64_t max_memory_allocation = 0;
  std::uint32_t max_workgroup_invocations = 0;
  std::array<std::uint32_t, 3> max_workgroup_size{};
  std::array<std::uint32_t, 3> max_workgroup_count{};
  std::uint32_t max_shared_memory = 0;
  std::uint64_t min_storage_offset_alignment = 1;
  std::uint32_t max_push_constants = 0;
  /// Texels of a samplerBuffer.
  std::uint32_t max_texel_buffer_elements = 0;
  std::uint32_t max_storage_buffers_per_stage = 0;

  // Subgroups. min and max differ from subgroup_size only where the driver may vary it.
  std::uint32_t subgroup_size = 1;
  std::uint32_t min_subgroup_size = 1;
  std::uint32_t max_subgroup_size = 1;
  /// A pipeline may ask for any power of two from min to max, and for subgroups without gaps.
  bool subgroup_size_control = false;
  bool subgroup_basic = false;
  bool subgroup_vote = false;
  bool subgroup_arithmetic = false;
  bool subgroup_ballot = false;
  bool subgroup_shuffle = false;

  // Features. Device enables all that are present.
  /// f16 in storage buffers (storageBuffer16BitAccess).
  bool fp16_storage = false;
  /// f16 arithmetic (shaderFloat16).
  bool fp16_arithmetic = false;
  /// 8-bit integers in storage buffers, and int8 arithmetic.
  bool int8_storage = false;
  bool int8_arithmetic = false;
  /// VK_KHR_cooperative_matrix with the Vulkan memory model it needs.
  bool cooperative_matrix = false;
  /// f16 × f16 + f32 in these shapes; empty without cooperative_matrix. In the driver's order.
  std::vector<MatrixShape> matrix_shapes;
  /// VK_KHR_pipeline_executable_properties is offered: Pipeline::statistics() has something to say.
  bool pipeline_statistics = false;

  // Queue that the engine uses.
  std::uint32_t compute_queue_family = 0;
  bool queue_draws = false;
  /// Nanoseconds a timestamp tick; 0 where the queue has no timestamps.
  float timestamp_period = 0.0F;
  std::uint32_t timestamp_bits = 0;
};

/// The widths of subgroups that a pipeline can ask for, ascending.
std::vector<std::uint32_t> subgroup_widths(const DeviceInfo& device);

/// Picks a device. want: "" for the best (discrete, then integrated, virtual, cpu, other; the first
/// listed among equals), one or two digits for an index, otherwise part of the name or of the
/// driver's name, in any case; the best of several that fit. Throws NoDeviceError, listing the
/// devices there are, if none fits.
const DeviceInfo& select_device(std::span<const DeviceInfo> devices, std::string_view want);

/// Picks devices to share a job. want: "all" for every GPU or, without one, every software driver;
/// what select_device takes; or several of these with commas between, each standing for an equal
/// share, so that a device named twice gets two. A name that has commas itself may be given whole.
/// Returns one index of `devices` a share. Throws NoDeviceError, or ArgumentError for an empty
/// place in the list.
std::vector<std::size_t> select_devices(std::span<const DeviceInfo> devices, std::string_view want);

}  // namespace gfnet::vulkan
