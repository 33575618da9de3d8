#version 450
// Declares a uniform block, which the engine must refuse.
layout(local_size_x = 1) in;
layout(binding = 0) uniform Block { uint value; };
layout(binding = 1, std430) buffer Data { uint data[]; };
void main() { data[0] = value; }
