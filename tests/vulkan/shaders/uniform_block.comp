#version 450
// data[i] = values[i / 4][i mod 4] for 8 values in a uniform block.
layout(local_size_x = 8) in;
layout(binding = 0, std140) uniform Values { uvec4 values[2]; };
layout(binding = 1, std430) writeonly buffer Data { uint data[]; };
void main() { data[gl_LocalInvocationIndex] = values[gl_LocalInvocationIndex / 4][gl_LocalInvocationIndex % 4]; }
