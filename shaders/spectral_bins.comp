#version 450
// The middle step of the spectral layer on grids that do not fit one workgroup. It computes three
// things in registers: the second stage of the columns' forward transforms, the product with the
// filter, and the first stage of the columns' inverse transforms (Rao et al. 2021, eq. 3 and 4).
// spectral_line.comp runs the other stages.
//
//   x, y        [batch, H·W, vectors] vec4, complex. H = A·B, B = kRadix. The first stage of
//               spectral_line.comp has left group p of a column in the column's rows p·B to
//               p·B + B − 1. The results for the inverse go to the same rows. x and y may hold a
//               part of the channels: vector 0 of x is then vector filter_first of the filter
//   roots       pairs cos(2πi/H), sin(2πi/H), i = 0 … H/2
//   filter      [H · (W/2+1), padded C] complex f32, 1/(H·W) included, Hermitian along H in columns
//               0 and (W even) W/2
//   bias        [padded C] f32, added to bin (0, 0)
//
// Two channels form one complex grid, z = x₁ + i·x₂. Symmetry separates their spectra:
//   X₁[h, k] = (Z[h, k] + conj Z[−h, −k]) / 2,   i·X₂[h, k] = (Z[h, k] − conj Z[−h, −k]) / 2
// The input already contains the factor 1/2. With Y₁ = K₁·X₁ and Y₂ = K₂·X₂, the inverse's input is
// Y₁ + i·Y₂ in bin (h, k) and the conjugate of T = Y₁ − i·Y₂ in bin (−h, −k).
// An invocation processes four channels of group p of column k ≤ W/2 together with the mirrored
// group −p of column −k. With h = p + A·q, s = 0 for p = 0 and s = 1 otherwise, the mirrored bins in
// the order of q are
//   conj Z[−h, −k] = Σ_b e^(−2πi·b·q/B) · conj(z[b]) · e^(−2πi·b·s/B)
// where z[b] are the elements of the mirrored group. The inverse uses the same form. A column that
// mirrors itself (k = 0, W/2) stores only group p.
// Threads: x = vector of four channels, y = column 0 … W/2, z = image · A + group.
//
// Software drivers read texel buffers several times faster than storage buffers:
// variant: spectral_bins_texels TEXELS
#extension GL_GOOGLE_include_directive : require
#include "parameters.h"

layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint kRadix = 14;
layout(constant_id = 2) const uint kFactor = 14;

layout(push_constant) uniform Push { SpectralBinsParameters p; };

#ifdef TEXELS
layout(binding = 0) uniform samplerBuffer x;
layout(binding = 2) uniform samplerBuffer filter_bins;
vec4 x_at(uint i) { return texelFetch(x, int(i)); }
vec4 filter_at(uint i) { return texelFetch(filter_bins, int(i)); }
#else
layout(binding = 0, std430) readonly buffer X { vec4 x[]; };
layout(binding = 2, std430) readonly buffer Filter { vec4 filter_bins[]; };
vec4 x_at(uint i) { return x[i]; }
vec4 filter_at(uint i) { return filter_bins[i]; }
#endif
layout(binding = 1, std430) readonly buffer Roots { vec2 roots[]; };
layout(binding = 3) uniform samplerBuffer bias;
layout(binding = 4, std430) writeonly buffer Y { vec4 y[]; };

#define LINE column
#define LINE_LENGTH kRadix
#define LINE_FACTOR kFactor
#include "line_dft.glsl"

vec2 times(vec2 a, vec2 b) { return vec2(fma(a.x, b.x, -(a.y * b.y)), fma(a.x, b.y, a.y * b.x)); }
vec2 conjugate(vec2 z) { return vec2(z.x, -z.y); }

// Filters a pair of channels in one bin. At the call, z is Z[h, k] and mirrored is conj Z[−h, −k].
// At the return, z is Y₁ + i·Y₂ and mirrored is T, both with real and imaginary parts exchanged for
// the inverse. k: K₁, K₂. constant: the biases of the two channels.
void filter_bin(inout vec2 z, inout vec2 mirrored, vec4 k, vec2 constant) {
  const vec2 first = times(k.xy, z + mirrored) + vec2(constant.x, 0.0);
  const vec2 second = times(k.zw, z - mirrored) + vec2(0.0, constant.y);
  z = (first + second).yx;
  mirrored = (first - second).yx;
}

void main() {
  const uint vector = gl_GlobalInvocationID.x;
  const uint column = gl_GlobalInvocationID.y;
  if (vector >= p.vectors) return;
  const uint groups = p.height / kRadix;
  const uint group = gl_GlobalInvocationID.z % groups;
  const uint first_token = gl_GlobalInvocationID.z / groups * p.height * p.width;
  const uint half_width = p.width / 2 + 1;
  const uint mirror_column = (p.width - column) % p.width;
  const uint mirror_group = (groups - group) % groups;
  const uint shift = group == 0 ? 0 : 1;
  const uint channels = p.filter_first + vector;

  [[unroll]] for (uint i = 0; i <= kRadix / 2; ++i) {
    const vec2 root = roots[i * groups];
    column_cosines[i] = root.x;
    column_sines[i] = root.y;
  }

  vec2 low[kRadix], high[kRadix];
  vec2 mirror_low[kRadix], mirror_high[kRadix];
  [[unroll]] for (uint b = 0; b < kRadix; ++b) {
    const uint row = group * kRadix + b;
    const vec4 value = x_at((first_token + row * p.width + column) * p.vectors + vector);
    low[b] = value.xy;
    high[b] = value.zw;
    const uint mirror_row = mirror_group * kRadix + b;
    const vec4 mirror =
        x_at((first_token + mirror_row * p.width + mirror_column) * p.vectors + vector);
    const vec2 turn = vec2(column_cosine(b * shift), -column_sine(b * shift));
    mirror_low[b] = times(conjugate(mirror.xy), turn);
    mirror_high[b] = times(conjugate(mirror.zw), turn);
  }
  column_dft(low);
  column_dft(high);
  column_dft(mirror_low);
  column_dft(mirror_high);

  [[unroll]] for (uint q = 0; q < kRadix; ++q) {
    const uint bin = (group + groups * q) * half_width + column;
    const vec4 constant = bin == 0 ? texelFetch(bias, int(channels)) : vec4(0.0);
    const uint at = 2 * (bin * p.filter_vectors + channels);
    filter_bin(low[q], mirror_low[q], filter_at(at), constant.xy);
    filter_bin(high[q], mirror_high[q], filter_at(at + 1), constant.zw);
  }

  column_dft(low);
  column_dft(high);
  column_dft(mirror_low);
  column_dft(mirror_high);
  const bool stores_mirror = mirror_column != column;
  [[unroll]] for (uint b = 0; b < kRadix; ++b) {
    const uint row = group * kRadix + b;
    y[(first_token + row * p.width + column) * p.vectors + vector] = vec4(low[b].yx, high[b].yx);
    if (stores_mirror) {
      const uint mirror_row = mirror_group * kRadix + b;
      const vec2 turn = vec2(column_cosine(b * shift), column_sine(b * shift));
      y[(first_token + mirror_row * p.width + mirror_column) * p.vectors + vector] =
          vec4(conjugate(times(mirror_low[b].yx, turn)), conjugate(times(mirror_high[b].yx, turn)));
    }
  }
}
