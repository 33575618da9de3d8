#include "image/formats/decoders.h"

namespace gfnet::image {

Image decode_gif(Bytes file, const DecodeOptions& options) {
  return decode_with_stb(file, "GIF", options);
}

}  // namespace gfnet::image
