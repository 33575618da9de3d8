#include <sys/types.h>
// libmd's header is in C, and needs the types of the one above.
#include <sha2.h>

#include "system/sha256_state.h"

namespace gfnet::system {

struct Sha256State::Context {
  SHA2_CTX handle;
};

Sha256State::Sha256State() : context_(std::make_unique<Context>()) {
  SHA256Init(&context_->handle);
}

Sha256State::~Sha256State() = default;

void Sha256State::add(std::span<const char> bytes) {
  SHA256Update(&context_->handle, reinterpret_cast<const std::uint8_t*>(bytes.data()),
               bytes.size());
}

std::array<std::uint8_t, Sha256State::kBytes> Sha256State::finish() {
  std::array<std::uint8_t, kBytes> digest{};
  SHA256Final(digest.data(), &context_->handle);
  return digest;
}

}  // namespace gfnet::system
