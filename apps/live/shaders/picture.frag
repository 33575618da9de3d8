// The picture at one level of its pyramid: the rectangle shrinks it by the same factor everywhere.
#version 450

layout(push_constant) uniform Push {
  vec4 place;
  vec4 section;
  float lod;
  float opacity;
};

layout(set = 0, binding = 0) uniform sampler2D picture;
layout(location = 0) in vec2 position;
layout(location = 0) out vec4 colour;

void main() { colour = vec4(textureLod(picture, position, lod).rgb, opacity); }
