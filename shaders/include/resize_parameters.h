#ifndef GFNET_SHADERS_RESIZE_PARAMETERS_H_
#define GFNET_SHADERS_RESIZE_PARAMETERS_H_

// Parameters of resize_horizontal.comp, resize_horizontal_texels.comp, resize_vertical.comp and
// copy_rows.comp. The C++ code
// image/resize_plan.h fills them. What differs between images is in a buffer, so that recorded
// commands serve images of any sizes. What all images share is in the push constants.

#ifdef __cplusplus
#include <cstdint>

namespace gfnet::parameters {

using uint = std::uint32_t;
#endif

// Neighbouring results that a thread computes together, because they share their weights: rows of
// resize_horizontal.comp, columns of resize_vertical.comp.
const uint kResizeRows = 4;
const uint kResizeColumns = 4;
// Neighbouring columns that a lane of resize_horizontal_texels.comp computes.
const uint kResizeTexelColumns = 4;

// One image. An axis is resampled from input samples to output samples: the centre of output sample
// i is at start + i·step on the input axis. start and step are fixed-point numbers with 32 integer
// bits (…_position) and 32 fraction bits (…_fraction), so that no precision is lost for images of
// any width.
struct ResizeImage {
  // The rows of the image that are in the source buffer, and the horizontal axis.
  uint source_byte;     // first byte of the first row in the source buffer
  uint row_bytes;       // from the start of a row to the start of the next row
  uint rows;            // rows in the source buffer; 0: nothing to do
  uint source_columns;  // pixels per row
  uint pixel_bytes;     // bytes per pixel: 3, 4 or 1 (grey)
  uint is_blue_first;   // 1: a pixel's first byte is blue; 0: it is red
  uint row_word;        // word of the intermediate buffer for the first row's result
  uint column_start_position;
  uint column_start_fraction;
  uint column_step_position;
  uint column_step_fraction;
  float column_filter_scale;  // stretch of the kernel, at least 1
  // The rows of the intermediate buffer, and the vertical axis.
  uint intermediate_word;  // first word of the image in the intermediate buffer
  uint intermediate_rows;
  uint output_rows;          // H; 0: some rows of the intermediate are still to come
  uint destination_element;  // first element of the image's planes in the destination
  uint row_start_position;
  uint row_start_fraction;
  uint row_step_position;
  uint row_step_fraction;
  float row_filter_scale;  // stretch of the kernel, at least 1
};

// Push constants: the images of a dispatch, and what all images become.
struct ResizeTarget {
  uint first_image;  // index of the image that workgroups with z = 0 work on
  uint rows;         // H
  uint columns;      // W
  uint channels;     // C: 3, or 1: images are converted to grey before resampling
  // A value v in 0…255 of channel c is stored as v·scale_c + bias_c.
  float scale_0;
  float scale_1;
  float scale_2;
  float bias_0;
  float bias_1;
  float bias_2;
};

#ifdef __cplusplus
static_assert(sizeof(ResizeImage) == 21 * 4);
static_assert(sizeof(ResizeTarget) == 10 * 4);

}  // namespace gfnet::parameters
#endif

#endif  // GFNET_SHADERS_RESIZE_PARAMETERS_H_
