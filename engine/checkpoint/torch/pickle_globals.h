#pragma once

#include <string_view>

#include "checkpoint/torch/pickle.h"

namespace gfnet::checkpoint {

/// Whether a pickle is refused because it refers to this global (a Python class or function).
/// Refused are globals that give access to the operating system, the network, the interpreter or
/// another unpickler. Exploits need them; checkpoints do not.
bool is_refused(std::string_view module, std::string_view name);

/// What a global means to the unpickler. Its kind is kOther if the unpickler does not know it.
Global classify_global(std::string_view module, std::string_view name);

}  // namespace gfnet::checkpoint
