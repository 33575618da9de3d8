#pragma once

#include <gfnet/libraries.h>

#include <vector>

namespace app {

/// The third-party libraries that gfnet and gfnet-live use in addition to those of libgfnet.
std::vector<gfnet::Library> command_libraries();

}  // namespace app
