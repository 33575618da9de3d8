#version 450
// Declares an image, which the engine must refuse.
layout(local_size_x = 1) in;
layout(binding = 0, r32ui) uniform readonly uimage2D image;
layout(binding = 1, std430) buffer Data { uint data[]; };
void main() { data[0] = imageLoad(image, ivec2(0)).x; }
