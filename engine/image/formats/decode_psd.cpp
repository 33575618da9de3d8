#include "image/formats/decoders.h"

namespace gfnet::image {

Image decode_psd(Bytes file, const DecodeOptions& options) {
  return decode_with_stb(file, "PSD", options);
}

}  // namespace gfnet::image
