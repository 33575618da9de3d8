#pragma once

#include <string>

namespace gfnet::system {

/// Changes when the machine starts. Empty if the system does not say.
std::string boot_id();

}  // namespace gfnet::system
