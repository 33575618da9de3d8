// Element types in memory. By default a shader reads and writes f32. With the macro
//   HALF_IN    it reads f16,
//   HALF_OUT   it writes f16,
//   STORES_64  it writes four f32 as two 64-bit integers. lavapipe stores lane by lane, with a branch
//              for each number, so this halves the work. It needs shaderInt64.
// All arithmetic is in f32.
//
//   IN4, OUT4    four neighbouring elements in a buffer: vec4 widen(IN4), OUT4 narrow(vec4)
//   IN, OUT      one element in a buffer: float(IN), NARROW(float)
//
// Four halves are packed into two words, which needs no device feature. A single half needs
// storageBuffer16BitAccess. The driver chooses the rounding direction to f16. A finite number
// beyond the largest half, 65504, is stored as ±65504. Infinities and NaN are kept.
#ifndef GFNET_STORAGE_GLSL
#define GFNET_STORAGE_GLSL
#if defined(HALF_IN) || defined(HALF_OUT)
#extension GL_EXT_shader_16bit_storage : require
#endif

// Limits a finite number to ±65504. Does not use clamp(), which may turn NaN into a number.
float saturated(float v) {
  const float largest_half = 65504.0;
  const float largest_float = 3.402823466e38;
  return abs(v) > largest_half && abs(v) <= largest_float ? sign(v) * largest_half : v;
}
vec4 saturated(vec4 v) {
  return vec4(saturated(v.x), saturated(v.y), saturated(v.z), saturated(v.w));
}

vec4 widen(vec4 v) { return v; }
vec4 widen(uvec2 v) { return vec4(unpackHalf2x16(v.x), unpackHalf2x16(v.y)); }

#ifdef HALF_IN
#define IN float16_t
#define IN4 uvec2
#else
#define IN float
#define IN4 vec4
#endif

#ifdef HALF_OUT
#define OUT float16_t
#define OUT4 uvec2
#define NARROW(v) float16_t(saturated(v))
OUT4 narrow(vec4 v) {
  const vec4 finite = saturated(v);
  return uvec2(packHalf2x16(finite.xy), packHalf2x16(finite.zw));
}
#else
#define OUT float
#define NARROW(v) (v)
#ifdef STORES_64
#extension GL_EXT_shader_explicit_arithmetic_types_int64 : require
#define OUT4 u64vec2
OUT4 narrow(vec4 v) {
  return OUT4(packUint2x32(floatBitsToUint(v.xy)), packUint2x32(floatBitsToUint(v.zw)));
}
#else
#define OUT4 vec4
OUT4 narrow(vec4 v) { return v; }
#endif
#endif

#endif  // GFNET_STORAGE_GLSL
