#pragma once

#include "gfnet/export.h"

namespace gfnet {

/// Sets environment variables that Mesa's software driver reads when it is loaded:
///
///   LP_NATIVE_VECTOR_WIDTH  512 on a processor with AVX-512. Mesa itself takes 256, because some
///                           programs run slower otherwise. GFNet's kernels gain: a subgroup then
///                           has 16 lanes.
///   MESA_SHADER_CACHE_DIR   where compiled shaders are kept. With $GFNET_CACHE they are kept in a
///                           folder there, instead of below the home folder. Shaders for another
///                           width than Mesa's own always have a folder of their own, below
///                           $GFNET_CACHE or the user's cache folder: Mesa 25.0 does not tell
///                           apart the code for different widths, so another program, or this one
///                           at another time, would run code that gives wrong results.
///
/// A variable that is set already stays as it is. The width stays as it is, too, if Mesa's folder
/// is set already, or if there is no folder for its shaders.
/// Call this function before the Vulkan loader is used and before other threads start, because it
/// changes the environment of the process. The command and the Python package call it. The library
/// itself never does: the environment belongs to the program.
GFNET_API void prepare_driver_environment();

}  // namespace gfnet
