#include "zoo/sha256.h"

#include <gfnet/gfnet.h>
#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <vector>

namespace app {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

void check(int done) {
  if (done != 1) throw gfnet::Error("libcrypto has no SHA-256");
}

}  // namespace

std::string sha256_of(const std::filesystem::path& path) {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                   EVP_MD_CTX_free);
  check(EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr));
  std::ifstream file(path, std::ios::binary);
  std::vector<char> piece(kPieceBytes);
  while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())), file.gcount() > 0) {
    check(EVP_DigestUpdate(context.get(), piece.data(), static_cast<std::size_t>(file.gcount())));
  }
  if (!file.eof()) {
    throw gfnet::FormatError(path, std::string("cannot be read: ") + std::strerror(errno));
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  check(EVP_DigestFinal_ex(context.get(), digest.data(), &size));
  std::string text;
  for (unsigned i = 0; i < size; ++i) {
    text += "0123456789abcdef"[digest[i] >> 4];
    text += "0123456789abcdef"[digest[i] & 15];
  }
  return text;
}

}  // namespace app
