// Dear ImGui's triangles: a colour times the font's texture, which has no smaller copies: its glyphs are
// three times as wide as they are shown, so that they can stand at any third of a pixel.
#version 450

layout(set = 0, binding = 0) uniform sampler2D glyphs;
layout(location = 0) in vec2 uv;
layout(location = 1) in vec4 vertex_colour;
layout(location = 0) out vec4 colour;

void main() { colour = vertex_colour * textureLod(glyphs, uv, 0.0); }
