#include "gfnet/image.h"
#include "image/decode.h"
#include "image/decoding_memory.h"

namespace gfnet {

Image load_image(const std::filesystem::path& path, const LoadOptions& options) {
  return image::decode_image(path, {.apply_orientation = options.apply_orientation});
}

Image decode_image(std::span<const std::byte> bytes, const LoadOptions& options) {
  return image::decode_image({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()},
                             options.name, {.apply_orientation = options.apply_orientation});
}

void set_decoding_memory(std::size_t bytes) { image::decoding_memory().set_limit(bytes); }

}  // namespace gfnet
