// Dear ImGui's triangles: a colour times a texture. That of the font has no smaller copies: its glyphs are
// three times as wide as they are shown, so that they can stand at any third of a pixel. A view's picture
// has some.
#version 450

layout(push_constant) uniform Push {
  vec2 scale;
  float most_lod;
};

layout(set = 0, binding = 0) uniform sampler2D picture;
layout(location = 0) in vec2 uv;
layout(location = 1) in vec4 vertex_colour;
layout(location = 0) out vec4 colour;

void main() {
  const float lod = min(textureQueryLod(picture, uv).y, most_lod);
  colour = vertex_colour * textureLod(picture, uv, lod);
}
