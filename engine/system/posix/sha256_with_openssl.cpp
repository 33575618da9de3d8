#include <openssl/evp.h>

#include <stdexcept>

#include "system/sha256_state.h"

namespace gfnet::system {
namespace {

void check(int done) {
  if (done != 1) throw std::runtime_error("libcrypto has no SHA-256");
}

}  // namespace

struct Sha256State::Context {
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> handle{EVP_MD_CTX_new(), EVP_MD_CTX_free};
};

Sha256State::Sha256State() : context_(std::make_unique<Context>()) {
  check(EVP_DigestInit_ex(context_->handle.get(), EVP_sha256(), nullptr));
}

Sha256State::~Sha256State() = default;

void Sha256State::add(std::span<const char> bytes) {
  check(EVP_DigestUpdate(context_->handle.get(), bytes.data(), bytes.size()));
}

std::array<std::uint8_t, Sha256State::kBytes> Sha256State::finish() {
  std::array<std::uint8_t, kBytes> digest{};
  check(EVP_DigestFinal_ex(context_->handle.get(), digest.data(), nullptr));
  return digest;
}

}  // namespace gfnet::system
