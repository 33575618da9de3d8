#include "gfnet/image.h"
#include "image/decode.h"

namespace gfnet {

Image load_image(const std::filesystem::path& path, const LoadOptions& options) {
  return image::decode_image(path, {.apply_orientation = options.apply_orientation});
}

}  // namespace gfnet
