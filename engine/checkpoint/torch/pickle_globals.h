#pragma once

#include <string_view>

#include "checkpoint/torch/pickle.h"

namespace gfnet::weights {

/// Whether a pickle that refers to this global is refused. This holds for globals that give access
/// to the operating system, the network, the interpreter or another unpickler. Exploits need them;
/// checkpoints do not.
bool is_refused(std::string_view module, std::string_view name);

/// The kind of a global; kOther for everything that the reader skips.
Global classify_global(std::string_view module, std::string_view name);

}  // namespace gfnet::weights
