#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string_view>
#include <vector>

namespace gfnet {

/// One specialisation constant of a shader with its value.
struct SpecializationConstant {
  enum class Type { kUint, kBool };

  /// The name in the shader's source, such as "kTileRows". A constant that sets the workgroup's
  /// size along an axis is named "local_size_x", "local_size_y" or "local_size_z". The name must
  /// outlive the constant: string literals do.
  std::string_view name;
  Type type = Type::kUint;
  /// kBool: 0 or 1.
  std::uint32_t value = 0;

  friend auto operator<=>(const SpecializationConstant&, const SpecializationConstant&) = default;
};

/// The specialisation constants of a shader, and the facts about the shader that the caller relies
/// on for these values. A pipeline is made only if the shader's SPIR-V agrees with the constants
/// and with all these facts.
struct Specialization {
  /// Explicit, so that nobody writes {} for a shader that has constants.
  explicit Specialization() = default;

  /// In ascending order of constant_id.
  std::vector<SpecializationConstant> constants;
  /// Invocations of a workgroup along x, y and z.
  std::array<std::uint32_t, 3> workgroup{1, 1, 1};
  /// Shared memory of a workgroup, in bytes.
  std::uint64_t shared_bytes = 0;
  /// Size of the push-constant block, in bytes.
  std::uint32_t push_constant_bytes = 0;
  /// Width of the subgroups that the shader needs, in invocations. 0: the shader does not use
  /// subgroups.
  std::uint32_t subgroup_width = 0;

  /// The constants' values, in ascending order of constant_id.
  std::vector<std::uint32_t> values() const {
    std::vector<std::uint32_t> all;
    for (const SpecializationConstant& constant : constants) all.push_back(constant.value);
    return all;
  }

  friend auto operator<=>(const Specialization&, const Specialization&) = default;
};

}  // namespace gfnet
