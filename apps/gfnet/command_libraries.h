#pragma once

#include <gfnet/libraries.h>

#include <vector>

namespace app {

/// The third-party libraries that gfnet and gfnet-live use beside libgfnet's.
std::vector<gfnet::Library> command_libraries();

}  // namespace app
