#include "system/machine.h"

#include <fstream>

namespace gfnet::system {

std::string boot_id() {
  std::string id;
  std::getline(std::ifstream("/proc/sys/kernel/random/boot_id"), id);
  return id;
}

}  // namespace gfnet::system
