#pragma once

#include <stdexcept>

namespace app {

/// The command line is wrong. The program ends with kWrongUsage (command_line/command.h). What is
/// wrong with files, servers and devices is a gfnet::Error.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace app
