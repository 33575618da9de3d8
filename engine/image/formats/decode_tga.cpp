#include <algorithm>

#include "image/formats/decoders.h"

namespace gfnet::image {
namespace {

/// Returns a copy of the file with a colour for every index that a pixel can have, since stb_image
/// takes the first one for an index beyond the palette, and skips bytes if the palette starts above
/// index 0. Added colours are black, as in PIL. Returns an empty vector if the file needs no
/// change.
std::vector<std::uint8_t> complete_tga(Bytes file) {
  constexpr std::size_t kHeader = 18;
  if (file.size() < kHeader || file[1] != 1) return {};
  const std::size_t first = read_little(file, 3, 2);
  const std::size_t given = read_little(file, 5, 2);
  const std::size_t entry = (std::size_t{file[7]} + 7) / 8;
  const std::size_t palette = kHeader + file[0];
  // The field cannot hold 65536. So with 16-bit indices, index 65535 gets the first entry.
  const std::size_t all = file[16] == 8 ? 256 : 65535;
  if (given == 0 || entry == 0 || file.size() < palette + given * entry) return {};

  std::vector<std::uint8_t> whole;
  append(whole, file.first(3));
  append_little(whole, 0, 2);
  append_little(whole, static_cast<std::uint32_t>(all), 2);
  append(whole, file.subspan(7, palette - 7));
  whole.resize(palette + std::min(first, all) * entry);
  append(whole, file.subspan(palette, std::min(given, all - std::min(first, all)) * entry));
  whole.resize(palette + all * entry);
  append(whole, file.subspan(palette + given * entry));
  return whole;
}

}  // namespace

Image decode_tga(Bytes file, const DecodeOptions& options) {
  const std::vector<std::uint8_t> whole = complete_tga(file);
  return decode_with_stb(whole.empty() ? file : whole, "TGA", options);
}

}  // namespace gfnet::image
