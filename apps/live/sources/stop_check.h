#pragma once

#include <functional>

namespace live {

/// Returns true once waiting should end. Called often, from any thread.
using StopCheck = std::function<bool()>;

/// Thrown by a source whose StopCheck returned true: opening or reading ends early. Not a
/// gfnet::Error, because nothing failed. So code that reports an error or tries again after one,
/// for example with another mode of the camera, does not catch it.
struct Cancelled {};

}  // namespace live
