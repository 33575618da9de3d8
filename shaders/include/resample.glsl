// Antialiased bicubic resampling along one axis, as in PIL's ImagingResample: the kernel is
// stretched by filter_scale, its weights are normalised to a sum of one, and results are rounded to
// 8 bits.
#ifndef GFNET_SHADERS_RESAMPLE_GLSL_
#define GFNET_SHADERS_RESAMPLE_GLSL_

// Keys' cubic convolution kernel with a = -1/2 (IEEE Trans. ASSP 29(6), 1981, eq. 8).
float bicubic(float x) {
  const float d = abs(x);
  const float near = (1.5 * d - 2.5) * d * d + 1.0;
  const float far = ((2.5 - 0.5 * d) * d - 4.0) * d + 2.0;
  return d < 1.0 ? near : (d < 2.0 ? far : 0.0);
}

// The input samples [begin, end) that contribute to one output sample. The weight of sample begin +
// k is bicubic((first_distance + k) / filter_scale) before normalisation.
struct Taps {
  int begin;
  int end;
  float first_distance;
};

// The taps of output sample `index`, whose centre is at start + index·step on the input axis. start
// and step are given as an integer and a 32-bit fraction. samples: length of the input axis.
Taps find_taps(uint index, uint start_position, uint start_fraction, uint step_position,
               uint step_fraction, float filter_scale, uint samples) {
  uint high;
  uint low;
  umulExtended(index, step_fraction, high, low);
  uint carry;
  const float fraction = float(uaddCarry(start_fraction, low, carry)) * (1.0 / 4294967296.0);
  const int whole = int(start_position + index * step_position + high + carry);

  const float support = 2.0 * filter_scale;
  Taps taps;
  taps.begin = max(whole + int(floor(fraction - support + 0.5)), 0);
  taps.end = min(whole + int(floor(fraction + support + 0.5)), int(samples));
  taps.first_distance = float(taps.begin - whole) - fraction + 0.5;
  return taps;
}

vec3 round_to_bytes(vec3 x) { return clamp(floor(x + 0.5), 0.0, 255.0); }

// A pixel is R | G << 8 | B << 16; the last byte is ignored.
vec3 unpack_pixel(uint pixel) {
  return vec3(float(pixel & 0xFFu), float((pixel >> 8) & 0xFFu), float((pixel >> 16) & 0xFFu));
}

uint pack_pixel(vec3 pixel) {
  return uint(pixel.x) | uint(pixel.y) << 8 | uint(pixel.z) << 16;
}

#endif  // GFNET_SHADERS_RESAMPLE_GLSL_
