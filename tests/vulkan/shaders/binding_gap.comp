#version 450
// Uses bindings 0 and 2 but not 1, which the engine must refuse.
layout(local_size_x = 1) in;
layout(binding = 0, std430) buffer A { uint a[]; };
layout(binding = 2, std430) buffer B { uint b[]; };
void main() { b[0] = a[0]; }
