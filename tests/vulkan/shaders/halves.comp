#version 450
// destination[i] = 2·source[i], stored and computed in f16. The variant also declares 12 bytes of
// push constants. Threads: x = element.
// variant: halves_wide_push PUSH
#extension GL_EXT_shader_16bit_storage : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
layout(local_size_x = 64) in;

#ifdef PUSH
layout(push_constant) uniform Parameters { uint words[3]; };
#endif

layout(binding = 0, std430) readonly buffer Source { float16_t source[]; };
layout(binding = 1, std430) writeonly buffer Destination { float16_t destination[]; };

void main() {
  const uint i = gl_GlobalInvocationID.x;
  if (i < source.length()) destination[i] = source[i] * float16_t(2);
}
