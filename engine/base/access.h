#pragma once

namespace gfnet {

/// How a step or a command uses memory. A partial write is kWrite, too.
enum class Access { kRead, kWrite, kReadWrite };

constexpr bool reads(Access access) { return access != Access::kWrite; }
constexpr bool writes(Access access) { return access != Access::kRead; }

}  // namespace gfnet
