// Dear ImGui's triangles: vertex colour × texture. most_lod is the last (smallest) mip level of
// the texture. The glyphs' texture has only level 0: it stores them wider than they are drawn, so
// that Dear ImGui can place them at fractions of a pixel. The texture of a view has several levels.
#version 450

layout(push_constant) uniform Push {
  vec2 scale;
  float most_lod;
};

layout(set = 0, binding = 0) uniform sampler2D image;
layout(location = 0) in vec2 uv;
layout(location = 1) in vec4 vertex_colour;
layout(location = 0) out vec4 colour;

void main() {
  const float lod = min(textureQueryLod(image, uv).y, most_lod);
  colour = vertex_colour * textureLod(image, uv, lod);
}
