#include "system/sha256_state.h"

#include <CommonCrypto/CommonDigest.h>

namespace gfnet::system {

struct Sha256State::Context {
  CC_SHA256_CTX handle;
};

Sha256State::Sha256State() : context_(std::make_unique<Context>()) {
  ::CC_SHA256_Init(&context_->handle);
}

Sha256State::~Sha256State() = default;

void Sha256State::add(std::span<const char> bytes) {
  ::CC_SHA256_Update(&context_->handle, bytes.data(), static_cast<CC_LONG>(bytes.size()));
}

std::array<std::uint8_t, Sha256State::kBytes> Sha256State::finish() {
  std::array<std::uint8_t, kBytes> digest{};
  ::CC_SHA256_Final(digest.data(), &context_->handle);
  return digest;
}

}  // namespace gfnet::system
