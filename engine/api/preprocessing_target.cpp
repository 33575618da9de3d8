#include "api/preprocessing_target.h"

#include "gfnet/model.h"

namespace gfnet::api {

image::ResizeTarget preprocessing_target(const model::Contents& contents) {
  return {{static_cast<std::uint32_t>(contents.config.image.height),
           static_cast<std::uint32_t>(contents.config.image.width)},
          contents.preprocessing.crop_ratio,
          {contents.preprocessing.mean, contents.preprocessing.std}};
}

}  // namespace gfnet::api

namespace gfnet {

ImageRegion Model::region_of(std::uint32_t width, std::uint32_t height) const {
  const image::ResizeTarget target = api::preprocessing_target(model::contents_of(*this));
  const image::SourceWindow window = image::make_resize_plan({height, width}, target).window;
  return {window.first_column, window.first_row, window.columns, window.rows};
}

}  // namespace gfnet
