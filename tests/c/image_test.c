// Image files and their bytes, decoded.
#include <stdlib.h>
#include <string.h>

#include "harness.h"

static gfnet_pixels pixels_of(const gfnet_image* image) {
  gfnet_pixels pixels = {0};
  REQUIRE(CHECK_OK(gfnet_image_pixels(image, &pixels)));
  return pixels;
}

static int same_pixels(gfnet_pixels a, gfnet_pixels b) {
  return a.width == b.width && a.height == b.height && a.row_stride == b.row_stride &&
         memcmp(a.data, b.data, a.row_stride * a.height) == 0;
}

static void decodes_bytes_like_the_file(void) {
  size_t size = 0;
  unsigned char* const bytes = bytes_of(IMAGE, &size);
  gfnet_image* file = NULL;
  gfnet_image* memory = NULL;
  CHECK_OK(gfnet_image_load(IMAGE, NULL, NULL, &file));
  CHECK_OK(gfnet_image_decode(bytes, size, "upload", NULL, NULL, &memory));
  free(bytes);
  const gfnet_pixels pixels = pixels_of(file);
  CHECK(pixels.format == GFNET_FORMAT_RGB && pixels.row_stride == 3 * (size_t)pixels.width);
  CHECK(pixels.part_of.width == 0 && pixels.part_of.height == 0);
  CHECK(same_pixels(pixels, pixels_of(memory)));
  gfnet_image_free(file);
  gfnet_image_free(memory);
}

static void applies_the_orientation_if_asked(void) {
  const gfnet_image_options upright = {.struct_size = sizeof(upright), .apply_orientation = 1};
  const char* const path = GFNET_REPOSITORY "/tests/image/data/orientation/e6_xmp_only.jpg";
  gfnet_image* as_stored = NULL;
  gfnet_image* turned = NULL;
  CHECK_OK(gfnet_image_load(path, NULL, NULL, &as_stored));
  CHECK_OK(gfnet_image_load(path, NULL, &upright, &turned));
  CHECK(pixels_of(as_stored).width == pixels_of(turned).height);
  CHECK(pixels_of(as_stored).width != pixels_of(turned).width);
  gfnet_image_free(as_stored);
  gfnet_image_free(turned);
}

static void refuses_bad_files(void) {
  gfnet_image* image = NULL;
  CHECK_ERROR(gfnet_image_load("no-such-image.jpg", NULL, NULL, &image), GFNET_ERROR_FORMAT,
              "no-such-image.jpg: no such file");
  CHECK_ERROR(gfnet_image_load(SMALL_MODEL, NULL, NULL, &image), GFNET_ERROR_FORMAT, SMALL_MODEL);
  CHECK_ERROR(gfnet_image_decode(NULL, 0, "empty", NULL, NULL, &image), GFNET_ERROR_FORMAT,
              "empty: ");
  const gfnet_image_options reserved = {.struct_size = sizeof(reserved), .reserved = 1};
  CHECK_ERROR(gfnet_image_load(IMAGE, NULL, &reserved, &image), GFNET_ERROR_ARGUMENT, "reserved");
  CHECK(image == NULL);
}

static void refuses_truncated_files(void) {
  size_t size = 0;
  unsigned char* const bytes = bytes_of(IMAGE, &size);
  const size_t end_marker = 2;  // some decoders do without
  for (size_t left = 0; left < size - end_marker; left += 1 + left / 8) {
    unsigned char* const part = malloc(left + 1);
    REQUIRE(part != NULL);
    memcpy(part, bytes, left);
    gfnet_image* image = NULL;
    CHECK_ERROR(gfnet_image_decode(part, left, "part", NULL, NULL, &image), GFNET_ERROR_FORMAT,
                "part: ");
    CHECK(image == NULL);
    free(part);
  }
  free(bytes);
}

const test_case image_cases[] = {
    {"an image from memory is that of the file", decodes_bytes_like_the_file},
    {"an image is turned if the options say so", applies_the_orientation_if_asked},
    {"a file that is no image is an error", refuses_bad_files},
    {"a truncated image is an error", refuses_truncated_files},
    {NULL, NULL}};
