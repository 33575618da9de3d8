#pragma once

namespace app {

/// Makes Mesa's drivers keep their compiled shaders under $GFNET_CACHE, if this variable names a
/// folder. Otherwise the software driver would keep them below the home folder, and compile them
/// again in every run where there is none. Does nothing if the environment already says where Mesa
/// keeps them. Call this function before the Vulkan loader is used and before other threads start,
/// because it changes the environment of the process. The library never does that: the environment
/// belongs to the program.
void keep_driver_shaders();

}  // namespace app
