#include "system/sha256_state.h"

#include <stdexcept>

#include "system/windows/api.h"
// After windows.h, whose types it needs.
#include <bcrypt.h>

namespace gfnet::system {
namespace {

void check(NTSTATUS status) {
  if (status < 0) throw std::runtime_error("Windows has no SHA-256");
}

}  // namespace

struct Sha256State::Context {
  BCRYPT_ALG_HANDLE algorithm = nullptr;
  BCRYPT_HASH_HANDLE hash = nullptr;

  Context() = default;
  ~Context() {
    if (hash != nullptr) ::BCryptDestroyHash(hash);
    if (algorithm != nullptr) ::BCryptCloseAlgorithmProvider(algorithm, 0);
  }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
};

Sha256State::Sha256State() : context_(std::make_unique<Context>()) {
  check(::BCryptOpenAlgorithmProvider(&context_->algorithm, BCRYPT_SHA256_ALGORITHM, nullptr, 0));
  check(::BCryptCreateHash(context_->algorithm, &context_->hash, nullptr, 0, nullptr, 0, 0));
}

Sha256State::~Sha256State() = default;

void Sha256State::add(std::span<const char> bytes) {
  // The function does not change what it reads.
  auto* const start = reinterpret_cast<UCHAR*>(const_cast<char*>(bytes.data()));
  check(::BCryptHashData(context_->hash, start, static_cast<ULONG>(bytes.size()), 0));
}

std::array<std::uint8_t, Sha256State::kBytes> Sha256State::finish() {
  std::array<std::uint8_t, kBytes> digest{};
  check(::BCryptFinishHash(context_->hash, digest.data(), static_cast<ULONG>(digest.size()), 0));
  return digest;
}

}  // namespace gfnet::system
