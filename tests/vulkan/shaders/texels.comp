#version 450
// destination[i] = sum of the four components of texel i. Threads: x = element of destination.
layout(local_size_x = 64) in;

layout(binding = 0) uniform samplerBuffer source;
layout(binding = 1, std430) writeonly buffer Destination { float destination[]; };

void main() {
  const uint i = gl_GlobalInvocationID.x;
  if (i < destination.length()) {
    const vec4 texel = texelFetch(source, int(i));
    destination[i] = texel.x + texel.y + texel.z + texel.w;
  }
}
