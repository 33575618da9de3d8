#pragma once

#include <filesystem>

namespace gfnet {

/// Directory for files that can be rebuilt: $GFNET_CACHE, else $XDG_CACHE_HOME/gfnet, else
/// ~/.cache/gfnet (on Windows %LOCALAPPDATA%/gfnet). Returns an empty path if none of these can be
/// determined, or if GFNET_CACHE is set to an empty string. Nothing is cached then. Does not create
/// the directory.
std::filesystem::path cache_directory();

}  // namespace gfnet
