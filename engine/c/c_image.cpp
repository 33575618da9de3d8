#include "c/c_image.h"

#include <string>

#include "c/c_arguments.h"
#include "c/c_classifier.h"
#include "c/c_errors.h"
#include "c/c_structs.h"

namespace gfnet::c {
namespace {

static_assert(GFNET_FORMAT_GREY == static_cast<int>(PixelFormat::kGrey));

/// Refers to the classifier, which must outlive the result.
LoadOptions load_options(const gfnet_classifier* classifier, const gfnet_image_options* given) {
  const auto known = options_of(given, GFNET_SIZE_WITH(gfnet_image_options, reserved), "options");
  if (known.reserved != 0) throw ArgumentError("options->reserved is not 0");
  LoadOptions options;
  options.apply_orientation = known.apply_orientation != 0;
  if (classifier != nullptr) {
    options.region = [classifier](std::uint32_t width, std::uint32_t height) {
      return classifier->model.region_of(width, height);
    };
  }
  return options;
}

}  // namespace

std::vector<ImageView> views_of(const gfnet_pixels* images, std::size_t count) {
  std::vector<ImageView> views;
  for (const gfnet_pixels& image : array(images, count, "images")) {
    const std::string name = "images[" + std::to_string(views.size()) + "]: format";
    const gfnet_part_of& part = image.part_of;
    views.push_back({image.data,
                     image.width,
                     image.height,
                     image.row_stride,
                     enumerator(image.format, PixelFormat::kGrey, name.c_str()),
                     {part.width, part.height, part.left, part.top}});
  }
  return views;
}

Image read_image(const char* path, const gfnet_classifier* classifier,
                 const gfnet_image_options* options) {
  return load_image(path_of(&required(path, "path")), load_options(classifier, options));
}

Image read_image(std::span<const std::byte> bytes, const char* name,
                 const gfnet_classifier* classifier, const gfnet_image_options* options) {
  LoadOptions load = load_options(classifier, options);
  load.name = &required(name, "name");
  return decode_image(bytes, load);
}

}  // namespace gfnet::c

using namespace gfnet::c;

gfnet_error* gfnet_image_load(const char* path, const gfnet_classifier* classifier,
                              const gfnet_image_options* options, gfnet_image** image) noexcept {
  return guarded([&] {
    gfnet_image*& result = result_in(image, "image");
    result = new gfnet_image{read_image(path, classifier, options)};
  });
}

gfnet_error* gfnet_image_decode(const void* bytes, size_t size, const char* name,
                                const gfnet_classifier* classifier,
                                const gfnet_image_options* options, gfnet_image** image) noexcept {
  return guarded([&] {
    gfnet_image*& result = result_in(image, "image");
    result = new gfnet_image{read_image(bytes_of(bytes, size), name, classifier, options)};
  });
}

gfnet_error* gfnet_image_pixels(const gfnet_image* image, gfnet_pixels* pixels) noexcept {
  return guarded([&] {
    const gfnet::Image& of = required(image, "image").image;
    const gfnet::PartOf& part = of.part_of;
    required(pixels, "pixels") = {of.rgb.data(),    std::size_t{3} * of.width,
                                  of.width,         of.height,
                                  GFNET_FORMAT_RGB, {part.width, part.height, part.left, part.top}};
  });
}

void gfnet_image_free(gfnet_image* image) noexcept { delete image; }
