#pragma once

#include <string>

namespace gfnet::system {

/// Changes when the machine starts. Empty if the system does not say.
std::string boot_id();

/// Why the machine of this name cannot be found. Empty if it can.
std::string host_fault(const std::string& host);

}  // namespace gfnet::system
