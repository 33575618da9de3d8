#pragma once

#include <string>

namespace gfnet::system {

/// Why the host of this name cannot be found. Empty if it can.
std::string host_fault(const std::string& host);

}  // namespace gfnet::system
