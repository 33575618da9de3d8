#pragma once

namespace gfnet {

/// How a step of a plan, or a Vulkan command, uses a range of memory. Writing only a part of the
/// range is kWrite, too.
enum class Access { kRead, kWrite, kReadWrite };

constexpr bool reads(Access access) { return access != Access::kWrite; }
constexpr bool writes(Access access) { return access != Access::kRead; }

}  // namespace gfnet
