#include "gfnet/image.h"
#include "image/decode.h"
#include "image/decoding_memory.h"
#include "system/paths.h"

namespace gfnet {

namespace {

image::DecodeOptions engine_options(const LoadOptions& options) {
  return {.apply_orientation = options.apply_orientation,
          .before_pixels = &options.before_pixels,
          .region = &options.region,
          .memory = &options.memory};
}

}  // namespace

Image load_image(const std::filesystem::path& path, const LoadOptions& options) {
  return image::decode_image(path, engine_options(options));
}

Image decode_image(std::span<const std::byte> bytes, const LoadOptions& options) {
  return image::decode_image({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()},
                             system::path_of(options.name), engine_options(options));
}

void set_decoding_memory(std::size_t bytes) { image::decoding_memory().set_limit(bytes); }

}  // namespace gfnet
