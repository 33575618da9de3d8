#include "system/machine.h"

#include <netdb.h>
#include <sys/socket.h>

namespace gfnet::system {

std::string host_fault(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int result = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (result != 0) return ::gai_strerror(result);
  ::freeaddrinfo(found);
  return "";
}

}  // namespace gfnet::system
