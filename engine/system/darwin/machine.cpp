#include "system/machine.h"

#include <sys/sysctl.h>
#include <sys/types.h>

#include <array>

namespace gfnet::system {

std::string boot_id() {
  std::array<char, 64> id{};
  std::size_t bytes = id.size() - 1;
  return ::sysctlbyname("kern.bootsessionuuid", id.data(), &bytes, nullptr, 0) == 0 ? id.data()
                                                                                    : "";
}

}  // namespace gfnet::system
