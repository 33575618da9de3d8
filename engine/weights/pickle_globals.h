#pragma once

#include <string_view>

#include "weights/pickle.h"

namespace gfnet::weights {

/// Whether a pickle that asks for this global is refused: no checkpoint needs the operating system,
/// the network, the interpreter's own machinery or another unpickler, and an exploit does.
bool is_refused(std::string_view module, std::string_view name);

/// What the global is; kOther for everything that is stepped over.
Global classify_global(std::string_view module, std::string_view name);

}  // namespace gfnet::weights
