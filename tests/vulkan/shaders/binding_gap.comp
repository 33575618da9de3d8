#version 450
// Leaves binding 1 out.
layout(local_size_x = 1) in;
layout(binding = 0, std430) buffer A { uint a[]; };
layout(binding = 2, std430) buffer B { uint b[]; };
void main() { b[0] = a[0]; }
