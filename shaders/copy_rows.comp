// Preprocessing on a device with memory of its own: copies the rows of images from host memory.
//
//   images  one ResizeImage per image
//   upload  the rows of the images, in the layout of the source of resize_horizontal.comp
//   source  the same words at the same places
//
// Every image must start at a multiple of 4 bytes, and its row_bytes must be a multiple of 4.
//
// Threads: z = image − first_image. Along x, any number of threads share the words of an image in
// turn, so that the dispatch does not depend on the images' sizes.
#version 450
#extension GL_GOOGLE_include_directive : require

#include "resize_parameters.h"

layout(local_size_x = 64) in;

layout(std430, binding = 0) readonly buffer Images { ResizeImage images[]; };
layout(std430, binding = 1) readonly buffer Upload { uint upload[]; };
layout(std430, binding = 2) writeonly buffer Source { uint source[]; };
layout(push_constant) uniform Push { ResizeTarget target; };

void main() {
  const ResizeImage image = images[target.first_image + gl_WorkGroupID.z];
  const uint first = image.source_byte / 4;
  const uint count = image.rows * (image.row_bytes / 4);
  const uint step = gl_NumWorkGroups.x * gl_WorkGroupSize.x;
  for (uint word = gl_GlobalInvocationID.x; word < count; word += step) {
    source[first + word] = upload[first + word];
  }
}
