#include "zoo/sha256.h"

#include <gfnet/gfnet.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include "system/sha256_state.h"

namespace app {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

}  // namespace

std::string sha256_of(const std::filesystem::path& path) {
  gfnet::system::Sha256State state;
  std::ifstream file(path, std::ios::binary);
  std::vector<char> piece(kPieceBytes);
  while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())), file.gcount() > 0) {
    state.add({piece.data(), static_cast<std::size_t>(file.gcount())});
  }
  if (!file.eof()) {
    throw gfnet::FormatError(path, std::string("cannot be read: ") + std::strerror(errno));
  }
  std::string text;
  for (const std::uint8_t byte : state.finish()) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

}  // namespace app
