#pragma once

#include <filesystem>

namespace gfnet {

/// Directory for files that can be made anew: $GFNET_CACHE, else $XDG_CACHE_HOME/gfnet, else
/// ~/.cache/gfnet (on Windows %LOCALAPPDATA%/gfnet). Empty if none of these is set, or if
/// GFNET_CACHE is set to nothing: then nothing is kept. Not created here.
std::filesystem::path cache_directory();

}  // namespace gfnet
