#version 450
// Uses what the engine refuses: a uniform block.
layout(local_size_x = 1) in;
layout(binding = 0) uniform Block { uint value; };
layout(binding = 1, std430) buffer Data { uint data[]; };
void main() { data[0] = value; }
