#version 450
// destination[i] = source[i] · value. Both: [count] uint. Threads: x = element.
layout(local_size_x = 64) in;

layout(push_constant) uniform Parameters {
  uint count;
  uint value;
};

layout(binding = 0, std430) readonly buffer Source { uint source[]; };
layout(binding = 1, std430) writeonly buffer Destination { uint destination[]; };

void main() {
  const uint i = gl_GlobalInvocationID.x;
  if (i < count) destination[i] = source[i] * value;
}
