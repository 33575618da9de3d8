#version 450
// The spectral layer of a GFNet block in one kernel (Rao et al. 2021, eq. 3 and 4, after the layer
// normalisation of eq. 2):  y = irfft2( rfft2( (x − mean) · inverse deviation ) ⊙ K ) + bias.
//
//   x, y        [batch, H·W, padded C], rows padded with zeros; x f32, y f32 or f16 (storage.glsl);
//               H = kHeight, W = kWidth; any C
//   statistics  [batch, H·W] (mean, inverse deviation, 0, 0) of every token, f32
//   filter      [H · (W/2+1), padded C] complex f32, 1/(H·W) included, Hermitian along H in columns
//               0 and (W even) W/2; zero in padded channels, so that y is zero there
//   bias        [padded C] f32, added to bin (0, 0)
//   roots       [H/2+1] and then [W/2+1] pairs cos(2πi/N), sin(2πi/N) for N = H, W, padded to
//               4·kRootVectors numbers; H, W ≤ kLongestLine
//
// A workgroup processes kChannels channels of one image from start to end, so that each element is
// read from memory once and written once. Neighbouring invocations process neighbouring channels.
// kLines lines of the grid are transformed at a time, each in the registers of one invocation
// (line_dft.glsl). The half spectrum is in shared memory: 8 · H · (W/2+1) · kChannels bytes.
// Rows are real, so two rows form one complex line z = top + i·bottom. Symmetry separates the
// spectra: top[k] = (z[k] + conj z[−k]) / 2; bottom[k] is the same for −i·z. If H is odd, the last
// row has no partner. Loops over the two rows are not unrolled, because compile time grows with the
// number of memory accesses.
//
// With kLines = 1 invocations share nothing and there is no barrier. Software drivers use this.
// Specialisation constants: kHeightFactor and kWidthFactor are the LINE_FACTOR of columns and rows.
// Threads: x = kLines · channels (workgroups of kLines · kChannels), y = image.
//
// On software drivers texel buffers are cheaper to read and compile faster:
// variant: spectral_filter_lanes TEXEL_STATISTICS
// The same with the half spectrum in private memory, which larger grids need:
// variant: spectral_filter_private TEXEL_STATISTICS TEXEL_INPUTS PRIVATE_SPECTRUM
// The same with y in f16:
// variant: spectral_filter_f32_f16 HALF_OUT
// variant: spectral_filter_lanes_f32_f16 TEXEL_STATISTICS HALF_OUT
// variant: spectral_filter_private_f32_f16 TEXEL_STATISTICS TEXEL_INPUTS PRIVATE_SPECTRUM HALF_OUT
#extension GL_GOOGLE_include_directive : require
#include "parameters.h"
#include "storage.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint kChannels = 16;
layout(constant_id = 2) const uint kLines = 8;
layout(constant_id = 3) const uint kHeight = 14;
layout(constant_id = 4) const uint kWidth = 14;
layout(constant_id = 5) const uint kHeightFactor = 14;
layout(constant_id = 6) const uint kWidthFactor = 14;

#include "spectral_filter_sizes.inl"

layout(push_constant) uniform Push { SpectralFilterParameters p; };

#ifdef TEXEL_INPUTS
layout(binding = 0) uniform samplerBuffer x;
layout(binding = 2) uniform samplerBuffer filter_bins;
float x_at(uint i) { return texelFetch(x, int(i / 4))[i % 4]; }
vec2 filter_at(uint i) {
  const vec4 two = texelFetch(filter_bins, int(i / 2));
  return i % 2 == 0 ? two.xy : two.zw;
}
#else
layout(binding = 0, std430) readonly buffer X { float x[]; };
layout(binding = 2, std430) readonly buffer Filter { vec2 filter_bins[]; };
float x_at(uint i) { return x[i]; }
vec2 filter_at(uint i) { return filter_bins[i]; }
#endif
#ifdef TEXEL_STATISTICS
layout(binding = 1) uniform samplerBuffer statistics;
vec2 statistics_at(uint token) { return texelFetch(statistics, int(token)).xy; }
#else
layout(binding = 1, std430) readonly buffer Statistics { vec4 statistics[]; };
vec2 statistics_at(uint token) { return statistics[token].xy; }
#endif
layout(binding = 3) uniform samplerBuffer bias;
layout(binding = 4, std140) uniform Roots { vec4 roots[kRootVectors]; };
vec2 root_at(uint i) { return i % 2 == 0 ? roots[i / 2].xy : roots[i / 2].zw; }
layout(binding = 5, std430) writeonly buffer Y { OUT y[]; };

#define LINE column
#define LINE_LENGTH kHeight
#define LINE_FACTOR kHeightFactor
#include "line_dft.glsl"
#define LINE row
#define LINE_LENGTH kWidth
#define LINE_FACTOR kWidthFactor
#include "line_dft.glsl"

#ifdef PRIVATE_SPECTRUM
vec2 spectrum[kBins];
#define SPECTRUM(row, column) spectrum[(row) * kHalf + (column)]
#else
shared vec2 spectrum[kBins * kChannels];
#define SPECTRUM(row, column) spectrum[((row) * kHalf + (column)) * kChannels + lane]
#endif

void load_roots() {
  [[unroll]] for (uint i = 0; i <= kHeight / 2; ++i) {
    const vec2 root = root_at(i);
    column_cosines[i] = root.x;
    column_sines[i] = root.y;
  }
  [[unroll]] for (uint i = 0; i <= kWidth / 2; ++i) {
    const vec2 root = root_at(kHeight / 2 + 1 + i);
    row_cosines[i] = root.x;
    row_sines[i] = root.y;
  }
}

void transform_rows(uint top, uint lane, uint channel, uint first_token) {
  const uint rows = min(2, kHeight - top);
  vec2 z[kWidth];
  [[unroll]] for (uint w = 0; w < kWidth; ++w) z[w] = vec2(0.0);
  [[dont_unroll]] for (uint row = rows; row-- > 0;) {  // the bottom row first
    [[unroll]] for (uint w = 0; w < kWidth; ++w) {
      const uint token = first_token + (top + row) * kWidth + w;
      const vec2 s = statistics_at(token);
      // The factor 1/2 belongs to the separation below.
      z[w] = vec2((x_at(token * p.padded_channels + channel) - s.x) * (0.5 * s.y), z[w].x);
    }
  }
  row_dft(z);
  [[dont_unroll]] for (uint row = 0; row < rows; ++row) {
    [[unroll]] for (uint k = 0; k < kHalf; ++k) {
      const vec2 mirrored = z[k == 0 ? 0 : kWidth - k];
      SPECTRUM(top + row, k) = vec2(z[k].x + mirrored.x, z[k].y - mirrored.y);
    }
    [[unroll]] for (uint k = 0; k < kWidth; ++k) z[k] = vec2(z[k].y, -z[k].x);
  }
}

// Transforms a column, multiplies it by the filter, and transforms it back. Real and imaginary
// parts are exchanged before and after the inverse.
void filter_column(uint column, uint lane, uint channel) {
  vec2 line[kHeight];
  [[unroll]] for (uint h = 0; h < kHeight; ++h) line[h] = SPECTRUM(h, column);
  [[dont_unroll]] for (uint pass = 0; pass < 2; ++pass) {
    column_dft(line);
    if (pass == 0) {
      [[unroll]] for (uint h = 0; h < kHeight; ++h) {
        const vec2 k = filter_at((h * kHalf + column) * p.padded_channels + channel);
        const vec2 a = line[h];
        line[h] = vec2(fma(a.x, k.y, a.y * k.x), fma(a.x, k.x, -(a.y * k.y)));
      }
      if (column == 0) line[0].y += texelFetch(bias, int(channel / 4))[channel % 4];
    }
  }
  [[unroll]] for (uint h = 0; h < kHeight; ++h) SPECTRUM(h, column) = line[h].yx;
}

void restore_rows(uint top, uint lane, uint channel, uint first_token, bool stores) {
  const uint rows = min(2, kHeight - top);
  vec2 z[kWidth];  // real and imaginary parts exchanged, for the inverse
  [[unroll]] for (uint k = 0; k < kWidth; ++k) z[k] = vec2(0.0);
  [[dont_unroll]] for (uint row = rows; row-- > 0;) {  // z = row + i·z
    [[unroll]] for (uint k = 0; k < kHalf; ++k) {
      const vec2 a = SPECTRUM(top + row, k);
      const bool is_real = k == 0 || 2 * k == kWidth;
      z[k] = vec2((is_real ? 0.0 : a.y) + z[k].y, a.x - z[k].x);
      if (!is_real) z[kWidth - k] = vec2(z[kWidth - k].y - a.y, a.x - z[kWidth - k].x);
    }
  }
  row_dft(z);
  if (!stores) return;
  [[dont_unroll]] for (uint row = 0; row < rows; ++row) {
    [[unroll]] for (uint w = 0; w < kWidth; ++w) {
      const uint token = first_token + (top + row) * kWidth + w;
      y[token * p.padded_channels + channel] = NARROW(z[w].y);
      z[w].y = z[w].x;
    }
  }
}

void main() {
  const uint lane = gl_LocalInvocationID.x % kChannels;
  const uint line = gl_LocalInvocationID.x / kChannels;
  const uint wanted = gl_WorkGroupID.x * kChannels + lane;
  // Lanes past the last channel process it again, so that every invocation reaches the barriers.
  const uint channel = min(wanted, p.padded_channels - 1);
  const uint first_token = gl_WorkGroupID.y * kHeight * kWidth;

  load_roots();
  for (uint top = 2 * line; top < kHeight; top += 2 * kLines) {
    transform_rows(top, lane, channel, first_token);
  }
  if (kLines > 1) barrier();
  for (uint column = line; column < kHalf; column += kLines) filter_column(column, lane, channel);
  if (kLines > 1) barrier();
  for (uint top = 2 * line; top < kHeight; top += 2 * kLines) {
    restore_rows(top, lane, channel, first_token, channel == wanted);
  }
}
