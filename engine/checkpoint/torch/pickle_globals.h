#pragma once

#include <string_view>

#include "checkpoint/torch/pickle.h"

namespace gfnet::checkpoint {

/// Whether a pickle that refers to this global (a Python class or function) is refused. Refused are
/// globals that give access to the operating system, the network, the interpreter or another
/// unpickler. Exploits need such globals; checkpoints do not.
bool is_refused(std::string_view module, std::string_view name);

/// What a global (a Python class or function) means to the unpickler. If the unpickler does not
/// know the global, the result has the kind GlobalKind::kOther.
Global classify_global(std::string_view module, std::string_view name);

}  // namespace gfnet::checkpoint
