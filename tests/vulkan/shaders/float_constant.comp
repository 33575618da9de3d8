#version 450
// Has a specialisation constant of a type that the engine does not use.
layout(local_size_x = 64) in;
layout(constant_id = 4) const float kFactor = 1.0;

layout(binding = 0, std430) buffer Data { float data[]; };

void main() { data[gl_GlobalInvocationID.x] *= kFactor; }
