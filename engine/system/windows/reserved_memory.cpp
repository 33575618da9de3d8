#include "system/reserved_memory.h"

#include <cerrno>

#include "system/windows/api.h"

namespace gfnet::system {

bool ReservedMemory::reserve(std::size_t bytes) {
  void* const address = ::VirtualAlloc(nullptr, bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  if (address == nullptr) {
    errno = ENOMEM;
    return false;
  }
  bytes_ = {static_cast<std::byte*>(address), bytes};
  return true;
}

ReservedMemory::~ReservedMemory() {
  if (!bytes_.empty()) ::VirtualFree(bytes_.data(), 0, MEM_RELEASE);
}

}  // namespace gfnet::system
