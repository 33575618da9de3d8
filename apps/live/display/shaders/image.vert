// A textured rectangle: four vertices of a triangle strip, without a vertex buffer.
#version 450

layout(push_constant) uniform Push {
  vec4 place;    // x0, y0, x1, y1 in clip space
  vec4 section;  // the part of the image to show: u0, v0, u1, v1
  float lod;
  float opacity;
  float grey;
  float unseen;
  vec4 seen;
};

layout(location = 0) out vec2 position;

void main() {
  const vec2 corner = vec2(gl_VertexIndex & 1, gl_VertexIndex >> 1);
  position = mix(section.xy, section.zw, corner);
  gl_Position = vec4(mix(place.xy, place.zw, corner), 0.0, 1.0);
}
