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

/// Name of a device type: "discrete", "integrated", "virtual", "cpu" or "other".
std::string_view name_of(DeviceType type);

/// A matrix product that a subgroup computes as one operation: [rows, inner] × [inner, columns].
struct MatrixShape {
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  std::uint32_t inner = 0;
  friend bool operator==(const MatrixShape&, const MatrixShape&) = default;
};

/// Identity, limits and features of a device. Plain data without Vulkan types.
struct DeviceInfo {
  /// Number of the device, from 0, in the loader's order. Devices that Instance::Options::graphics
  /// leaves out are numbered too, so the number does not depend on this option. If the option is
  /// not set, `index` is the device's position in Instance::devices().
  std::uint32_t index = 0;
  std::string name;
  /// Name and version of the driver, as the driver reports them: "llvmpipe", "Mesa 25.0.7 (LLVM
  /// 15.0.6)".
  std::string driver;
  std::string driver_version;
  DeviceType type = DeviceType::kOther;
  std::uint32_t vendor_id = 0;
  std::uint32_t device_id = 0;
  /// VkPhysicalDeviceProperties::driverVersion, for cache keys.
  std::uint32_t driver_version_number = 0;
  /// Vulkan version of the device, as a number (see VK_MAKE_API_VERSION) and as text, for example
  /// "1.3.274".
  std::uint32_t api_version = 0;
  std::string api_version_text;
  std::array<std::uint8_t, 16> device_uuid{};
  std::array<std::uint8_t, 16> driver_uuid{};
  std::array<std::uint8_t, 16> pipeline_cache_uuid{};
  /// Address on the PCI bus, such as "0000:3b:00.0". Empty if the driver does not say
  /// (VK_EXT_pci_bus_info).
  std::string pci_address;
  /// Bytes of the largest device-local heap.
  std::uint64_t memory_bytes = 0;
  /// Whether the device says how much of its memory this process may still take
  /// (VK_EXT_memory_budget).
  bool memory_budget = false;

  /// Whether GFNET_LIMITS reduced what follows to what Vulkan 1.1 guarantees (guaranteed_limits.h).
  bool guaranteed_only = false;

  // Limits of Vulkan; sizes in bytes.
  std::uint64_t max_storage_buffer_range = 0;
  std::uint64_t max_memory_allocation = 0;
  std::uint32_t max_workgroup_invocations = 0;
  std::array<std::uint32_t, 3> max_workgroup_size{};
  std::array<std::uint32_t, 3> max_workgroup_count{};
  std::uint32_t max_shared_memory = 0;
  std::uint64_t min_storage_offset_alignment = 1;
  std::uint32_t max_push_constants = 0;
  /// Largest number of texels in a samplerBuffer.
  std::uint32_t max_texel_buffer_elements = 0;
  std::uint32_t max_storage_buffers_per_stage = 0;

  // Subgroups. min and max differ from subgroup_size only if the driver may vary the size.
  std::uint32_t subgroup_size = 1;
  std::uint32_t min_subgroup_size = 1;
  std::uint32_t max_subgroup_size = 1;
  /// Whether a pipeline can request full subgroups, and a subgroup size: any power of two from
  /// min_subgroup_size to max_subgroup_size.
  bool subgroup_size_control = false;
  bool subgroup_basic = false;
  bool subgroup_vote = false;
  bool subgroup_arithmetic = false;
  bool subgroup_ballot = false;
  bool subgroup_shuffle = false;

  // Features. Device enables every one that is available.
  /// f16 in storage buffers (storageBuffer16BitAccess).
  bool fp16_storage = false;
  /// f16 arithmetic (shaderFloat16).
  bool fp16_arithmetic = false;
  /// 8-bit integers in storage buffers, and int8 arithmetic.
  bool int8_storage = false;
  bool int8_arithmetic = false;
  /// 64-bit integers (shaderInt64).
  bool int64_arithmetic = false;
  /// VK_KHR_cooperative_matrix, together with the Vulkan memory model, which the extension needs.
  bool cooperative_matrix = false;
  /// Matrix shapes for which the device computes f16 × f16 + f32, in the driver's order. Empty if
  /// cooperative_matrix or fp16_arithmetic is false: the kernels need both.
  std::vector<MatrixShape> matrix_shapes;
  /// VK_KHR_pipeline_executable_properties, which Pipeline::statistics() needs.
  bool pipeline_statistics = false;

  // Queue that the engine uses.
  std::uint32_t compute_queue_family = 0;
  /// Whether the queue can also draw.
  bool queue_draws = false;
  /// Nanoseconds per timestamp tick; 0 if the queue has no timestamps.
  float timestamp_period = 0.0F;
  std::uint32_t timestamp_bits = 0;
};

/// Subgroup sizes that a pipeline can request, in ascending order. If all subgroups of the device
/// have the same size, the only entry is subgroup_size. Empty if the driver varies the size and
/// accepts no request.
std::vector<std::uint32_t> subgroup_widths(const DeviceInfo& device);

/// ". Not usable: A (why), B (why)", to end a message; empty if there is none.
std::string unusable_text(std::span<const std::string> unusable);

/// Picks one device. want: "" for the best device; an index; or a part of the device's name or of
/// the driver's name, in upper or lower case. One or two digits are always an index. If several
/// names match, the best of the matching devices is taken. Best first: discrete, integrated,
/// virtual, cpu, other; among equals, the first one listed. If no device matches, throws
/// NoDeviceError with a list of the devices. unusable: the system's other devices, each with the
/// reason (Instance::unusable), for that message.
const DeviceInfo& select_device(std::span<const DeviceInfo> devices, std::string_view want,
                                std::span<const std::string> unusable = {});

/// Picks the devices that share a labelling job. want: "all"; a text that select_device takes; or
/// several such texts, separated by commas. "all" alone means every GPU, or every software driver
/// if there is no GPU. Each text of the list gets an equal share of the job, so a device named
/// twice gets two shares. A device name that contains commas may be given whole. Returns, for each
/// share, the position of its device in `devices`. Throws NoDeviceError if no device matches,
/// ArgumentError if a text of the list is empty.
std::vector<std::size_t> select_devices(std::span<const DeviceInfo> devices, std::string_view want,
                                        std::span<const std::string> unusable = {});

}  // namespace gfnet::vulkan
