#version 450
// Shared arrays whose sizes depend on specialisation constants. Computes nothing of use.
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint kRows = 2;
layout(constant_id = 2) const bool kWide = false;

layout(binding = 0, std430) writeonly buffer Data { float data[]; };

const uint kWidth = gl_WorkGroupSize.x;
shared uint flags[kRows + 1];
shared vec3 sums[kRows % 4 + 1];
shared vec4 tile[kWide ? 2 * kWidth : kWidth];

void main() {
  const uint i = gl_LocalInvocationID.x;
  flags[0] = i;
  sums[0] = vec3(float(i));
  tile[i] = vec4(float(i));
  barrier();
  data[i] = float(flags[0]) + sums[0].x + tile[i].x;
}
