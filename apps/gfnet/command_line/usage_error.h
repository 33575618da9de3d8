#pragma once

#include <stdexcept>

namespace app {

/// The command line is wrong. The program ends with kWrongUsage (command_line/command.h). Errors of
/// files, servers and devices are thrown as gfnet::Error instead.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace app
