// Draws an image in a rectangle. One mip level serves all pixels, because the rectangle scales the
// whole image by the same factor. Inside the region `seen` the colours are mixed with grey; outside
// they are dimmed.
#version 450

layout(push_constant) uniform Push {
  vec4 place;
  vec4 section;
  float lod;     // mip level
  float opacity;
  float grey;    // inside `seen`: 0 keeps the colours, 1 makes them grey
  float unseen;  // factor on the colours outside `seen`
  vec4 seen;     // the region that the network sees: u0, v0, u1, v1 in the image
};

layout(set = 0, binding = 0) uniform sampler2D image;
layout(location = 0) in vec2 position;
layout(location = 0) out vec4 colour;

void main() {
  const vec3 rgb = textureLod(image, position, lod).rgb;
  const bool is_seen = all(greaterThanEqual(position, seen.xy)) && all(lessThan(position, seen.zw));
  const float brightness = dot(rgb, vec3(0.299, 0.587, 0.114));  // ITU-R BT.601
  colour = vec4(is_seen ? mix(rgb, vec3(brightness), grey) : unseen * rgb, opacity);
}
