#ifndef GFNET_SHADERS_RESIZE_PARAMETERS_H_
#define GFNET_SHADERS_RESIZE_PARAMETERS_H_

// Push constants of resize_horizontal.comp and resize_vertical.comp. image/resize_plan.h fills
// them.
//
// The centre of output sample i of an axis is at start + i·step on the input axis. start and step
// are fixed-point numbers with 32 integer bits (…_position) and 32 fraction bits (…_fraction), so
// that no precision is lost for images of any width.

#ifdef __cplusplus
#include <cstdint>

namespace gfnet::parameters {

using uint = std::uint32_t;
#endif

struct ResizeHorizontalParameters {
  uint source_word;       // first word of the image in the source buffer
  uint destination_word;  // first word of the intermediate in its buffer
  uint source_width;      // pixels per row of the source
  uint rows;              // rows of the source and of the intermediate
  uint columns;           // columns of the intermediate
  uint channels;          // 3: RGB; 1: converted to grey before resampling
  uint start_position;
  uint start_fraction;
  uint step_position;
  uint step_fraction;
  float filter_scale;  // stretch of the kernel, at least 1
};

struct ResizeVerticalParameters {
  uint source_word;          // first word of the intermediate in its buffer
  uint destination_element;  // first element of the image's planes in the destination
  uint source_rows;          // rows of the intermediate
  uint rows;                 // H
  uint columns;              // W, also of the intermediate
  uint channels;             // C: 3 or 1
  uint start_position;
  uint start_fraction;
  uint step_position;
  uint step_fraction;
  float filter_scale;  // stretch of the kernel, at least 1
  // A value v in 0…255 of channel c is stored as v·scale_c + bias_c.
  float scale_0;
  float scale_1;
  float scale_2;
  float bias_0;
  float bias_1;
  float bias_2;
};

#ifdef __cplusplus
static_assert(sizeof(ResizeHorizontalParameters) <= 128);
static_assert(sizeof(ResizeVerticalParameters) <= 128);

}  // namespace gfnet::parameters
#endif

#endif  // GFNET_SHADERS_RESIZE_PARAMETERS_H_
