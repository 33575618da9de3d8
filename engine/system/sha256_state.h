#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace gfnet::system {

/// SHA-256 of bytes that come piece by piece (FIPS 180-4). By what the system has for it: on
/// Linux libcrypto of OpenSSL, or libmd where gfnet was built without OpenSSL.
class Sha256State {
 public:
  static constexpr std::size_t kBytes = 32;

  /// Throws std::runtime_error if the library has no SHA-256.
  Sha256State();
  ~Sha256State();
  Sha256State(const Sha256State&) = delete;
  Sha256State& operator=(const Sha256State&) = delete;

  void add(std::span<const char> bytes);
  /// Must be called once, after the last add().
  std::array<std::uint8_t, kBytes> finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace gfnet::system
