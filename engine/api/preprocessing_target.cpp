#include "api/preprocessing_target.h"

namespace gfnet::api {

image::ResizeTarget preprocessing_target(const model::Contents& contents) {
  return {{static_cast<std::uint32_t>(contents.config.image.height),
           static_cast<std::uint32_t>(contents.config.image.width)},
          contents.preprocessing.crop_ratio,
          {contents.preprocessing.mean, contents.preprocessing.std}};
}

}  // namespace gfnet::api
