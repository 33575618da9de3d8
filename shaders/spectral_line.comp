#version 450
// One stage of the discrete Fourier transforms along one axis, for grids that do not fit one
// workgroup. A line of N = A·B elements takes two stages (Cooley and Tukey 1965). With n = a·B + b
// and k = p + A·q:
//   first   z[p·B + b] = e^(−2πi·b·p/N) · Σ_a e^(−2πi·a·p/A) · x[a·B + b]   kRadix = A, group b
//   second  X[p + A·q] = Σ_b e^(−2πi·b·q/B) · z[p·B + b]                    kRadix = B, group p
// A group is the kRadix elements of one sum. A line with N = kRadix takes one stage. Along columns,
// and along rows if its kRowRadix > 1, spectral_bins.comp runs the second stage and the inverse's
// first stage. The inverse's last stage then runs here, with the twiddle factors before the sum.
// Otherwise the inverse along rows runs the same stages as the transform. Inverses exchange real and
// imaginary parts before and after.
//
//   x           [batch, H·W, source_vectors] vec4, token layout, complex: two neighbouring channels
//               are the real and the imaginary part of one grid. So no transform handles real input
//   y           [batch, H·W, target_vectors] vec4, like x
//               Each token's `vectors` vectors are read from source_first on and written from
//               target_first on
//   roots       pairs cos(2πi/N), sin(2πi/N), i = 0 … N/2, from roots_offset on
//   statistics  [batch, H·W] (mean, inverse deviation, 0, 0), f32. With kNormalise the input is
//               (x − mean) · inverse deviation / 2, and 0 in padded channels. spectral_bins.comp
//               needs the factor 1/2
//
// Specialisation constants
//   1 kRadix, 2 kFactor    elements of a group, and LINE_FACTOR of line_dft.glsl
//   3 kNormalise
//   4 kTurnBefore, 5 kTurnAfter    apply the twiddle factors before or after the sum
//   6 kSwapBefore, 7 kSwapAfter    exchange real and imaginary parts of the input or the result
// An invocation transforms four channels of one group, in up to `lines_at_once` lines one after the
// other. Neighbouring invocations process neighbouring channels. The group stays in registers
// (line_dft.glsl), and its factors are loaded once for all lines.
// Element j of group g is read at position j·load_step + g·load_group of the line. Result j is
// stored at position j·store_step + g·store_group.
// Threads: x = vector of four channels, y = group, z = image · chunks + chunk; a chunk has
// lines_at_once lines.
//
// Software drivers read texel buffers several times faster than storage buffers:
// variant: spectral_line_texels TEXELS
// The same where a workgroup is one subgroup: each lane fetches the statistics of one token, and
// subgroupBroadcast gives them to all lanes. Storing in 64 bits: storage.glsl.
// variant: spectral_line_lanes TEXELS STORES_64 BROADCAST_STATISTICS
#extension GL_GOOGLE_include_directive : require
#include "parameters.h"
#include "storage.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint kRadix = 14;
layout(constant_id = 2) const uint kFactor = 14;
layout(constant_id = 3) const bool kNormalise = false;
layout(constant_id = 4) const bool kTurnBefore = false;
layout(constant_id = 5) const bool kTurnAfter = false;
layout(constant_id = 6) const bool kSwapBefore = false;
layout(constant_id = 7) const bool kSwapAfter = false;

layout(push_constant) uniform Push { SpectralLineParameters p; };

#ifdef TEXELS
layout(binding = 0) uniform samplerBuffer x;
layout(binding = 2) uniform samplerBuffer statistics;
vec4 x_at(uint i) { return texelFetch(x, int(i)); }
vec2 statistics_at(uint token) { return texelFetch(statistics, int(token)).xy; }
#else
layout(binding = 0, std430) readonly buffer X { vec4 x[]; };
layout(binding = 2, std430) readonly buffer Statistics { vec4 statistics[]; };
vec4 x_at(uint i) { return x[i]; }
vec2 statistics_at(uint token) { return statistics[token].xy; }
#endif
layout(binding = 1, std430) readonly buffer Roots { vec2 roots[]; };
layout(binding = 3, std430) writeonly buffer Y { OUT4 y[]; };

// The token of the group's element j, in a line whose first token is `base`.
uint token_at(uint base, uint j) {
  return base + (j * p.load_step + gl_GlobalInvocationID.y * p.load_group) * p.element_stride;
}

#define LINE line
#define LINE_LENGTH kRadix
#define LINE_FACTOR kFactor
#include "line_dft.glsl"

#ifdef BROADCAST_STATISTICS
#extension GL_KHR_shader_subgroup_ballot : require
// Statistics of the group's tokens; lane l has those of elements l, l + kLanes, …
const uint kLanes = gl_WorkGroupSize.x;  // the subgroup's size: 4, 8 or 16
vec2 of_lane[(kRadix + kLanes - 1) / kLanes];

void fetch_statistics(uint base) {
  for (uint i = 0; i < of_lane.length(); ++i) {
    const uint j = min(i * kLanes + gl_SubgroupInvocationID, kRadix - 1);
    of_lane[i] = statistics_at(token_at(base, j));
  }
}

// SPIR-V 1.3 allows broadcasts from constant lanes only. j is a constant where loops are unrolled.
vec2 statistics_of(uint base, uint j) {
  const vec2 own = of_lane[j / kLanes];
  vec2 s = own;
#define LANE(L) \
  if (j % kLanes == L) s = vec2(subgroupBroadcast(own.x, L), subgroupBroadcast(own.y, L));
  LANE(0) LANE(1) LANE(2) LANE(3) LANE(4) LANE(5) LANE(6) LANE(7)
  LANE(8) LANE(9) LANE(10) LANE(11) LANE(12) LANE(13) LANE(14) LANE(15)
#undef LANE
  return s;
}
#else
void fetch_statistics(uint base) {}
vec2 statistics_of(uint base, uint j) { return statistics_at(token_at(base, j)); }
#endif

// (cos, sin) of 2πi/N for i = 0 … N.
vec2 root_at(uint i) {
  const uint mirrored = min(i, p.line_length - i);
  const vec2 root = roots[p.roots_offset + mirrored];
  return i == mirrored ? root : vec2(root.x, -root.y);
}

// z · (cos − i·sin), root = (cos, sin)
vec2 turned(vec2 z, vec2 root) {
  return vec2(fma(z.y, root.y, z.x * root.x), fma(z.x, -root.y, z.y * root.x));
}

void main() {
  // Lanes past the last vector process it again, so that every lane takes part in the broadcasts.
  const uint vector = min(gl_GlobalInvocationID.x, p.vectors - 1);
  const bool stores = vector == gl_GlobalInvocationID.x;
  const uint group = gl_GlobalInvocationID.y;
  const uint chunks = (p.lines + p.lines_at_once - 1) / p.lines_at_once;
  const uint image = gl_GlobalInvocationID.z / chunks;
  const uint first = gl_GlobalInvocationID.z % chunks * p.lines_at_once;
  const uint last = min(first + p.lines_at_once, p.lines);
  const uint source = p.source_first + vector;
  const uint target = p.target_first + vector;
  const bvec4 is_channel = lessThan(4 * source + uvec4(0, 1, 2, 3), uvec4(p.channels));

  vec2 turns[kRadix];
  [[unroll]] for (uint i = 0; i <= kRadix / 2; ++i) {
    const vec2 root = roots[p.roots_offset + i * (p.line_length / kRadix)];
    line_cosines[i] = root.x;
    line_sines[i] = root.y;
  }
  if (kTurnBefore || kTurnAfter) {
    [[unroll]] for (uint j = 0; j < kRadix; ++j) turns[j] = root_at(group * j);
  }

  [[dont_unroll]] for (uint at = first; at < last; ++at) {
    const uint base = image * p.tokens + at * p.line_stride;
    vec2 low[kRadix];
    vec2 high[kRadix];
    if (kNormalise) fetch_statistics(base);
    [[unroll]] for (uint j = 0; j < kRadix; ++j) {
      vec4 value = x_at(token_at(base, j) * p.source_vectors + source);
      if (kNormalise) {
        const vec2 s = statistics_of(base, j);
        value = mix(vec4(0.0), (value - s.x) * (0.5 * s.y), is_channel);
      }
      low[j] = kSwapBefore ? value.yx : value.xy;
      high[j] = kSwapBefore ? value.wz : value.zw;
      if (kTurnBefore) {
        low[j] = turned(low[j], turns[j]);
        high[j] = turned(high[j], turns[j]);
      }
    }
    line_dft(low);
    line_dft(high);
    if (stores) {
      [[unroll]] for (uint j = 0; j < kRadix; ++j) {
        vec2 a = low[j];
        vec2 b = high[j];
        if (kTurnAfter) {
          a = turned(a, turns[j]);
          b = turned(b, turns[j]);
        }
        const uint token = base + (j * p.store_step + group * p.store_group) * p.element_stride;
        y[token * p.target_vectors + target] = narrow(kSwapAfter ? vec4(a.yx, b.yx) : vec4(a, b));
      }
    }
  }
}
