#pragma once

#include <stddef.h>
#include <stdint.h>

#include "gfnet/c/call.h"
#include "gfnet/c/classifier.h"
#include "gfnet/c/error.h"

/// Images: pixels in memory, and decoded files. gfnet/c.h has the rules for all calls.
GFNET_C_BEGIN

/// The order of a pixel's bytes in memory, one byte a letter. A is ignored. GREY has one byte.
enum {
  GFNET_FORMAT_RGB = 0,
  GFNET_FORMAT_BGR = 1,
  GFNET_FORMAT_RGBA = 2,
  GFNET_FORMAT_BGRA = 3,
  GFNET_FORMAT_GREY = 4
};

/// Where pixels lie, if they are only a part of a larger image. All 0: they are the whole image.
typedef struct gfnet_part_of {
  /// Size of the larger image in pixels.
  uint32_t width;
  uint32_t height;
  /// The column and the row of the larger image where the pixels begin.
  uint32_t left;
  uint32_t top;
} gfnet_part_of;

/// An 8-bit image in memory of the caller or of a gfnet_image. Never gets more members.
typedef struct gfnet_pixels {
  /// The first byte of the top left pixel.
  const uint8_t* data;
  /// Bytes from the start of a row to the start of the row below, at least width times the bytes of
  /// a pixel. The bytes between the end of a row and the next row are not read.
  size_t row_stride;
  /// Size in pixels; both at least 1.
  uint32_t width;
  uint32_t height;
  /// GFNET_FORMAT_….
  int32_t format;
  gfnet_part_of part_of;
} gfnet_pixels;

/// A decoded image file. It never changes.
typedef struct gfnet_image gfnet_image;

typedef struct gfnet_image_options {
  size_t struct_size;
  /// Not 0: apply the orientation that the file states.
  int32_t apply_orientation;
  /// Must be 0.
  int32_t reserved;
} gfnet_image_options;

/// Reads an image file of any format that `gfnet classify` reads. classifier: the one that will get
/// the pixels; what it does not need is then left out where the format allows that, and the results
/// keep their bits. NULL: the whole image. options: may be NULL. GFNET_ERROR_FORMAT if the file
/// cannot be read, is not an image, or is truncated, corrupt or too large; with a classifier,
/// GFNET_ERROR_UNSUPPORTED if its network has neither one nor three channels.
GFNET_API GFNET_MUST_USE gfnet_error* gfnet_image_load(const char* path,
                                                       const gfnet_classifier* classifier,
                                                       const gfnet_image_options* options,
                                                       gfnet_image** image) GFNET_NOEXCEPT;

/// Decodes an image file whose bytes are in memory, which may be freed after the call. name: used
/// instead of a path in messages. bytes: may be NULL if size is 0. All else as for
/// gfnet_image_load().
GFNET_API GFNET_MUST_USE gfnet_error* gfnet_image_decode(const void* bytes, size_t size,
                                                         const char* name,
                                                         const gfnet_classifier* classifier,
                                                         const gfnet_image_options* options,
                                                         gfnet_image** image) GFNET_NOEXCEPT;

/// The pixels of an image, without copying them: GFNET_FORMAT_RGB, without gaps between rows.
GFNET_API GFNET_MUST_USE gfnet_error* gfnet_image_pixels(const gfnet_image* image,
                                                         gfnet_pixels* pixels) GFNET_NOEXCEPT;

GFNET_API void gfnet_image_free(gfnet_image* image) GFNET_NOEXCEPT;

GFNET_C_END
