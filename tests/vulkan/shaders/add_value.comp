#version 450
// data[i] += value · kTimes, in place. data: [count] uint. Threads: x = element; only y = 0 adds.
layout(local_size_x_id = 3, local_size_y = 2) in;
layout(constant_id = 7) const uint kTimes = 1;

layout(push_constant) uniform Parameters {
  uint count;
  uint value;
};

layout(binding = 0, std430) buffer Data { uint data[]; };

void main() {
  const uint i = gl_GlobalInvocationID.x;
  if (i < count && gl_GlobalInvocationID.y == 0) data[i] += value * kTimes;
}
