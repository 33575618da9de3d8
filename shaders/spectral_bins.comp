#version 450
// The middle step of the spectral layer on grids that do not fit one workgroup. It computes three
// things in registers: the second stage of the forward transforms, the product with the filter, and
// the first stage of the inverse transforms (Rao et al. 2021, eq. 3 and 4). spectral_line.comp runs
// the other stages. The second stage is that of the columns, and that of the rows too if
// kRowRadix > 1. With kRowRadix = 1, the rows were transformed completely.
//
//   x, y        [batch, H·W, vectors] vec4, complex. H = A·B, B = kRadix; W = C·D, D = kRowRadix.
//               The first stages of spectral_line.comp have left group (p, r) in rows p·B to
//               p·B + B − 1 and columns r·D to r·D + D − 1. The results for the inverse go to the
//               same tokens. x and y may hold a part of the channels: vector 0 of x is then vector
//               filter_first of the filter
//   roots       pairs cos(2πi/H), sin(2πi/H), i = 0 … H/2, then the same for W
//   filter      [H · (W/2+1), padded C] complex f32, 1/(H·W) included, Hermitian along H in columns
//               0 and (W even) W/2
//   bias        [padded C] f32, added to bin (0, 0)
//
// Two channels form one complex grid, z = x₁ + i·x₂. Symmetry separates their spectra:
//   X₁[h, k] = (Z[h, k] + conj Z[−h, −k]) / 2,   i·X₂[h, k] = (Z[h, k] − conj Z[−h, −k]) / 2
// The input already contains the factor 1/2. With Y₁ = K₁·X₁ and Y₂ = K₂·X₂, the inverse's input is
// Y₁ + i·Y₂ in bin (h, k) and the conjugate of T = Y₁ − i·Y₂ in bin (−h, −k).
// An invocation processes four channels of group (p, r), r ≤ C/2, together with the mirrored group
// (−p, −r). With h = p + A·q, s = 0 for p = 0 and s = 1 otherwise, the mirrored bins of a column in
// the order of q are
//   conj Z[−h] = Σ_b e^(−2πi·b·q/B) · conj(z[b]) · e^(−2πi·b·s/B)
// where z[b] are the elements of the mirrored group; the same holds along rows. The inverse uses
// the same form. A group with r = −r mod C stores only group (p, r).
// Threads: x = vector of four channels, y = r = 0 … C/2, z = image · A + p.
//
// Software drivers read texel buffers several times faster than storage buffers:
// variant: spectral_bins_texels TEXELS
// The same, stored in 64 bits (storage.glsl):
// variant: spectral_bins_lanes TEXELS STORES_64
#extension GL_GOOGLE_include_directive : require
#include "parameters.h"
#include "storage.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint kRadix = 14;
layout(constant_id = 2) const uint kFactor = 14;
layout(constant_id = 3) const uint kRowRadix = 1;
layout(constant_id = 4) const uint kRowFactor = 1;
const uint kElements = kRadix * kRowRadix;

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
layout(binding = 4, std430) writeonly buffer Y { OUT4 y[]; };

#define LINE column
#define LINE_LENGTH kRadix
#define LINE_FACTOR kFactor
#include "line_dft.glsl"
#define LINE row
#define LINE_LENGTH kRowRadix
#define LINE_FACTOR kRowFactor
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

// The transforms of a group: z[b·kRowRadix + d], b along columns, d along rows.
void group_dft(inout vec2 z[kElements]) {
  if (kRowRadix > 1) {
    [[unroll]] for (uint b = 0; b < kRadix; ++b) {
      vec2 line[kRowRadix];
      [[unroll]] for (uint d = 0; d < kRowRadix; ++d) line[d] = z[b * kRowRadix + d];
      row_dft(line);
      [[unroll]] for (uint d = 0; d < kRowRadix; ++d) z[b * kRowRadix + d] = line[d];
    }
  }
  [[unroll]] for (uint d = 0; d < kRowRadix; ++d) {
    vec2 line[kRadix];
    [[unroll]] for (uint b = 0; b < kRadix; ++b) line[b] = z[b * kRowRadix + d];
    column_dft(line);
    [[unroll]] for (uint b = 0; b < kRadix; ++b) z[b * kRowRadix + d] = line[b];
  }
}

void main() {
  const uint vector = gl_GlobalInvocationID.x;
  if (vector >= p.vectors) return;
  const uint groups = p.height / kRadix;
  const uint row_groups = p.width / kRowRadix;
  const uint row_group = gl_GlobalInvocationID.y;
  const uint group = gl_GlobalInvocationID.z % groups;
  const uint first_token = gl_GlobalInvocationID.z / groups * p.height * p.width;
  const uint half_width = p.width / 2 + 1;
  const uint mirror_group = (groups - group) % groups;
  const uint mirror_row_group = (row_groups - row_group) % row_groups;
  const uint channels = p.filter_first + vector;

  [[unroll]] for (uint i = 0; i <= kRadix / 2; ++i) {
    const vec2 root = roots[i * groups];
    column_cosines[i] = root.x;
    column_sines[i] = root.y;
  }
  [[unroll]] for (uint i = 0; i <= kRowRadix / 2; ++i) {
    const vec2 root = roots[p.height / 2 + 1 + i * row_groups];
    row_cosines[i] = root.x;
    row_sines[i] = root.y;
  }

  // Tokens of the first elements of the group and of the mirrored group.
  const uint origin = first_token + group * kRadix * p.width + row_group * kRowRadix;
  const uint mirror_origin =
      first_token + mirror_group * kRadix * p.width + mirror_row_group * kRowRadix;
  // e^(−2πi·b·s/B) for the mirrored group's columns and rows
  vec2 turns[kRadix];
  vec2 row_turns[kRowRadix];
  [[unroll]] for (uint b = 0; b < kRadix; ++b) {
    turns[b] = group == 0 ? vec2(1.0, -0.0) : vec2(column_cosine(b), -column_sine(b));
  }
  [[unroll]] for (uint d = 0; d < kRowRadix; ++d) {
    row_turns[d] = row_group == 0 ? vec2(1.0, -0.0) : vec2(row_cosine(d), -row_sine(d));
  }

  vec2 low[kElements], high[kElements];
  vec2 mirror_low[kElements], mirror_high[kElements];
  [[unroll]] for (uint b = 0; b < kRadix; ++b) {
    [[unroll]] for (uint d = 0; d < kRowRadix; ++d) {
      const uint i = b * kRowRadix + d;
      const vec4 value = x_at((origin + b * p.width + d) * p.vectors + vector);
      low[i] = value.xy;
      high[i] = value.zw;
      const vec4 mirror = x_at((mirror_origin + b * p.width + d) * p.vectors + vector);
      mirror_low[i] = times(conjugate(mirror.xy), turns[b]);
      mirror_high[i] = times(conjugate(mirror.zw), turns[b]);
      if (d > 0) {
        mirror_low[i] = times(mirror_low[i], row_turns[d]);
        mirror_high[i] = times(mirror_high[i], row_turns[d]);
      }
    }
  }
  group_dft(low);
  group_dft(high);
  group_dft(mirror_low);
  group_dft(mirror_high);

  [[unroll]] for (uint q = 0; q < kRadix; ++q) {
    [[unroll]] for (uint t = 0; t < kRowRadix; ++t) {
      const uint i = q * kRowRadix + t;
      const uint h = group + groups * q;
      const uint k = row_group + row_groups * t;
      // The filter has the bins k ≤ W/2; K[h, k] = conj K[−h, −k].
      const bool stored = kRowRadix == 1 || k < half_width;
      const uint bin = stored ? h * half_width + k
                              : (p.height - h) % p.height * half_width + (p.width - k);
      const vec4 constant = bin == 0 ? texelFetch(bias, int(channels)) : vec4(0.0);
      const vec4 sign = stored ? vec4(1.0) : vec4(1.0, -1.0, 1.0, -1.0);
      const uint at = 2 * (bin * p.filter_vectors + channels);
      filter_bin(low[i], mirror_low[i], filter_at(at) * sign, constant.xy);
      filter_bin(high[i], mirror_high[i], filter_at(at + 1) * sign, constant.zw);
    }
  }

  group_dft(low);
  group_dft(high);
  group_dft(mirror_low);
  group_dft(mirror_high);
  const bool stores_mirror = mirror_row_group != row_group;
  [[unroll]] for (uint b = 0; b < kRadix; ++b) {
    [[unroll]] for (uint d = 0; d < kRowRadix; ++d) {
      const uint i = b * kRowRadix + d;
      y[(origin + b * p.width + d) * p.vectors + vector] = narrow(vec4(low[i].yx, high[i].yx));
      if (stores_mirror) {
        vec2 first = times(mirror_low[i].yx, conjugate(turns[b]));
        vec2 second = times(mirror_high[i].yx, conjugate(turns[b]));
        if (d > 0) {
          first = times(first, conjugate(row_turns[d]));
          second = times(second, conjugate(row_turns[d]));
        }
        y[(mirror_origin + b * p.width + d) * p.vectors + vector] =
            narrow(vec4(conjugate(first), conjugate(second)));
      }
    }
  }
}
