// Dear ImGui's triangles. Positions are in pixels, with the origin at the top left of the window.
#version 450

layout(push_constant) uniform Push {
  vec2 scale;  // 2 / size of the window in pixels
  float most_lod;
};

layout(location = 0) in vec2 position;
layout(location = 1) in vec2 uv;
layout(location = 2) in vec4 colour;
layout(location = 0) out vec2 out_uv;
layout(location = 1) out vec4 out_colour;

void main() {
  out_uv = uv;
  out_colour = colour;
  gl_Position = vec4(position * scale - 1.0, 0.0, 1.0);
}
