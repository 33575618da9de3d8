#version 450
// The real transform along rows of width 1: spectrum[i] = planes[i] + 0i. The variant is its
// inverse: planes[i] = Re spectrum[i].
//
//   planes    [count] f32
//   spectrum  [count] complex f32
//
// Threads: one per element; element = y · row + x. Two axes, because one axis may not have enough
// threads.
// variant: complex_to_real INVERSE

layout(local_size_x = 64) in;

layout(push_constant) uniform Parameters {
  uint count;  // elements
  uint row;    // threads along x
};

#ifdef INVERSE
layout(binding = 0, std430) readonly buffer Spectrum { vec2 spectrum[]; };
layout(binding = 1, std430) writeonly buffer Planes { float planes[]; };
#else
layout(binding = 0, std430) readonly buffer Planes { float planes[]; };
layout(binding = 1, std430) writeonly buffer Spectrum { vec2 spectrum[]; };
#endif

void main() {
  const uint element = gl_GlobalInvocationID.y * row + gl_GlobalInvocationID.x;
  if (gl_GlobalInvocationID.x >= row || element >= count) return;
#ifdef INVERSE
  planes[element] = spectrum[element].x;
#else
  spectrum[element] = vec2(planes[element], 0.0);
#endif
}
