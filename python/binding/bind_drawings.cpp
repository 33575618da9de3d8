#include <gfnet/drawing.h>
#include <gfnet/image.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "arrays.h"
#include "binding.h"
#include "interruptible.h"
#include "sources.h"

namespace binding {
namespace {

nb::object array_of_image(gfnet::Image image) {
  return array_of(std::move(image.rgb), {image.height, image.width, std::size_t{3}});
}

/// The image of the only item of `sources`, with memory of its own.
gfnet::Image image_of(const Source& source) {
  const auto* const view = std::get_if<gfnet::ImageView>(&source);
  if (view == nullptr) return decode(source, {});
  gfnet::Image image{.width = view->width, .height = view->height, .rgb = {}, .part_of = {}};
  const std::size_t row = std::size_t{view->width} * 3;
  image.rgb.resize(row * view->height);
  for (std::size_t y = 0; y < view->height; ++y)
    std::memcpy(&image.rgb[y * row], view->data + y * view->row_stride, row);
  return image;
}

/// item: as Sources takes it. work: gets the image, on a thread without the GIL.
template <typename Work>
auto with_image(nb::handle item, const Work& work) {
  using Result = decltype(work(std::declval<gfnet::Image>()));
  nb::list items;
  items.append(item);
  const auto sources = std::make_shared<Sources>(items);
  const auto result = std::make_shared<Result>();
  run_interruptibly([=](const Stop&) { *result = work(image_of(sources->all().front())); });
  return std::move(*result);
}

/// The pixels of an image, [height, width, 3], upright.
nb::object load_pixels(nb::handle item) {
  return array_of_image(with_image(item, [](gfnet::Image image) { return image; }));
}

nb::bytes encode_png(nb::handle item) {
  const std::vector<std::byte> png =
      with_image(item, [](const gfnet::Image& image) { return gfnet::encode_png(image); });
  return nb::bytes(png.data(), png.size());
}

/// values: of the map, [height, width].
nb::object heat_overlay(nb::handle item, const gfnet::Model& model,
                        const nb::ndarray<const float, nb::ndim<2>, nb::c_contig>& values) {
  gfnet::ClassMap map{.index = 0,
                      .height = static_cast<std::int64_t>(values.shape(0)),
                      .width = static_cast<std::int64_t>(values.shape(1)),
                      .values = {values.data(), values.data() + values.size()}};
  return array_of_image(with_image(item, [=](const gfnet::Image& image) {
    return gfnet::heat_overlay(image, model.description(), map);
  }));
}

/// layers: numbers of blocks.
nb::object filter_sheet(const gfnet::Model& model, std::vector<std::int64_t> layers,
                        std::int64_t channels) {
  const auto drawn = std::make_shared<gfnet::Image>();
  run_interruptibly([=](const Stop&) {
    std::vector<gfnet::LayerFilter> filters;
    for (const std::int64_t layer : layers) filters.push_back(gfnet::layer_filter(model, layer));
    *drawn = gfnet::filter_sheet(filters, channels);
  });
  return array_of_image(std::move(*drawn));
}

}  // namespace

void add_drawings(nb::module_& module) {
  module.def("load_pixels", &load_pixels, nb::arg("item"));
  module.def("encode_png", &encode_png, nb::arg("item"));
  module.def("heat_overlay", &heat_overlay, nb::arg("item"), nb::arg("model"), nb::arg("values"));
  module.def("filter_sheet", &filter_sheet, nb::arg("model"), nb::arg("layers"),
             nb::arg("channels"));
}

}  // namespace binding
