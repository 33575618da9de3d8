#include "system/reserved_memory.h"

#include <sys/mman.h>

namespace gfnet::system {

bool ReservedMemory::reserve(std::size_t bytes) {
  // Address space only. Large pages are not asked for: where they must be made first, they take
  // longer than they save.
  void* const address = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (address == MAP_FAILED) return false;
  bytes_ = {static_cast<std::byte*>(address), bytes};
  return true;
}

ReservedMemory::~ReservedMemory() {
  if (!bytes_.empty()) ::munmap(bytes_.data(), bytes_.size());
}

}  // namespace gfnet::system
