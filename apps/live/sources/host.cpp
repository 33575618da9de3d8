#include "sources/host.h"

#include <fmt/format.h>
#include <gfnet/error.h>

#include <algorithm>

#include "system/machine.h"

namespace live {

std::string host_of(const std::string& url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string::npos) return "";
  std::string host = url.substr(scheme + 3);
  host.resize(std::min(host.find_first_of("/?#"), host.size()));
  if (const std::size_t at = host.rfind('@'); at != std::string::npos) host.erase(0, at + 1);
  if (host.starts_with('[')) {
    host.erase(0, 1);
    host.resize(std::min(host.find(']'), host.size()));
  } else {
    host.resize(std::min(host.find(':'), host.size()));
  }
  return host;
}

void check_host(const std::string& name, const std::string& url) {
  const std::string host = host_of(url);
  const std::string fault = host.empty() ? "" : gfnet::system::host_fault(host);
  if (fault.empty()) return;
  throw gfnet::Error(fmt::format("{}: the host '{}' cannot be found: {}", name, host, fault));
}

}  // namespace live
