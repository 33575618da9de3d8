// A picture at one level of its pyramid: the rectangle shrinks it by the same factor everywhere. Of what the
// network was shown the colours can be taken, of all else the light.
#version 450

layout(push_constant) uniform Push {
  vec4 place;
  vec4 section;
  float lod;
  float opacity;
  float grey;    // 0: in its colours, 1: grey
  float unseen;  // the brightness where the network did not look
  vec4 seen;     // u0, v0, u1, v1 of the picture
};

layout(set = 0, binding = 0) uniform sampler2D picture;
layout(location = 0) in vec2 position;
layout(location = 0) out vec4 colour;

void main() {
  const vec3 rgb = textureLod(picture, position, lod).rgb;
  const bool is_seen = all(greaterThanEqual(position, seen.xy)) && all(lessThan(position, seen.zw));
  const float brightness = dot(rgb, vec3(0.299, 0.587, 0.114));  // ITU-R BT.601
  colour = vec4(is_seen ? mix(rgb, vec3(brightness), grey) : unseen * rgb, opacity);
}
