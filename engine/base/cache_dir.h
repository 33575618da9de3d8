#pragma once

#include <filesystem>

namespace gfnet {

/// Directory for files that can be rebuilt: $GFNET_CACHE, else $XDG_CACHE_HOME/gfnet, else
/// ~/.cache/gfnet (on Windows %LOCALAPPDATA%/gfnet). If none of these can be determined, or if
/// GFNET_CACHE is set to an empty string, the path is empty and nothing is cached. Does not create
/// the directory.
std::filesystem::path cache_directory();

}  // namespace gfnet
