#version 450
// lanes[i] = 100 · subgroup's width + lane of invocation i. A workgroup is one subgroup.
#extension GL_KHR_shader_subgroup_basic : require
layout(local_size_x_id = 0) in;

layout(binding = 0, std430) writeonly buffer Lanes { uint lanes[]; };

void main() { lanes[gl_LocalInvocationID.x] = 100 * gl_SubgroupSize + gl_SubgroupInvocationID; }
