#pragma once

#include <functional>
#include <tuple>

#include "base/specialization.h"

/// The constants structs in kernels/shaders/ state, for each shader, what C++ knows about it. Such
/// a struct has
///
///   using Push                   the push-constant block of the shader
///   data members                 the specialisation constants; each is a std::uint32_t or a bool
///   static constexpr kConstants  a std::tuple of NamedConstant, one for each constant_id of the
///                                shader, in ascending order
///   workgroup()                  the shader's workgroup with these constants: Workgroup
///   shared_bytes()               its shared memory in bytes; left out by shaders without any
///   subgroup_width()             the width of subgroups that it needs; left out if it needs none
///
/// vulkan/pipelines/specialization_check.h compares all of this with the shader's SPIR-V.
namespace gfnet::kernels {

/// Invocations along x, y and z.
using Workgroup = std::array<std::uint32_t, 3>;

/// A specialisation constant's name in GLSL, and the member that holds or computes its value: a
/// pointer to a data member or to a member function.
template <typename Member>
struct NamedConstant {
  const char* name;
  Member member;
};
template <typename Member>
NamedConstant(const char*, Member) -> NamedConstant<Member>;

namespace detail {

inline SpecializationConstant constant_of(const char* name, std::uint32_t value) {
  return {name, SpecializationConstant::Type::kUint, value};
}
inline SpecializationConstant constant_of(const char* name, bool value) {
  return {name, SpecializationConstant::Type::kBool, value ? 1u : 0u};
}

}  // namespace detail

/// Makes a Specialization from a constants struct: the constants with names and values, the
/// workgroup, and the other facts above. This is the only place where a list of values is made.
template <typename Constants>
Specialization specialize(const Constants& constants) {
  Specialization result;
  std::apply(
      [&](const auto&... named) {
        (result.constants.push_back(
             detail::constant_of(named.name, std::invoke(named.member, constants))),
         ...);
      },
      Constants::kConstants);
  result.workgroup = constants.workgroup();
  result.push_constant_bytes = sizeof(typename Constants::Push);
  if constexpr (requires { constants.shared_bytes(); }) {
    result.shared_bytes = constants.shared_bytes();
  }
  if constexpr (requires { constants.subgroup_width(); }) {
    result.subgroup_width = constants.subgroup_width();
  }
  return result;
}

}  // namespace gfnet::kernels
