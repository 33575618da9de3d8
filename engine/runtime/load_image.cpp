#include "gfnet/image.h"
#include "image/decode.h"

namespace gfnet {

Image load_image(const std::filesystem::path& path) { return image::decode_image(path); }

}  // namespace gfnet
