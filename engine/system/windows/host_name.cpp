#include "system/machine.h"

#include <winsock2.h>
#include <ws2tcpip.h>

#include <system_error>

#include "system/windows/api.h"

namespace gfnet::system {

std::string host_fault(const std::string& host) {
  WSADATA version{};
  static const int started = ::WSAStartup(MAKEWORD(2, 2), &version);
  if (started != 0) return std::system_category().message(started);
  ADDRINFOW hints{};
  hints.ai_socktype = SOCK_STREAM;
  ADDRINFOW* found = nullptr;
  const int result = ::GetAddrInfoW(wide(host).c_str(), nullptr, &hints, &found);
  if (result != 0) return std::system_category().message(result);
  ::FreeAddrInfoW(found);
  return "";
}

}  // namespace gfnet::system
