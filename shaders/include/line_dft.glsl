// The discrete Fourier transform of a line in registers:  X[k] = Σ_n x[n] · e^(−2πi·n·k / N).
//
// Include this file once for each length of line that a shader transforms, after
//   #define LINE           prefix of all names defined here
//   #define LINE_LENGTH    N, a specialisation constant
//   #define LINE_FACTOR    A, a divisor of N, a specialisation constant; N for a dense transform
// It defines
//   float LINE_cosines[N/2 + 1], LINE_sines[N/2 + 1]    cos and sin of 2π·i/N; the shader must fill
//                                                       them before the first transform
//   void LINE_dft(inout vec2 line[LINE_LENGTH])         in place; vec2 = (real, imaginary)
// For the inverse, exchange real and imaginary parts before and after.
//
// N = A·B (Cooley and Tukey 1965): with n = a·B + b and k = p + A·q,
//   X[p + A·q] = Σ_b e^(−2πi·b·q/B) · e^(−2πi·b·p/N) · Σ_a e^(−2πi·a·p/A) · x[a·B + b]
// The two short transforms, of length R = A and R = B, are dense sums. Splitting the input into
// even and odd parts halves the products. For 0 < j < R/2 let s[j] = x[j] + x[R−j] and
// d[j] = x[j] − x[R−j]. Then X[k] and X[R−k] are
//   x[0] + (−1)^k·x[R/2] + Σ_j s[j]·cos(2πjk/R)  ∓  i·Σ_j d[j]·sin(2πjk/R)   (x[R/2]: even R only)
// All loops have constant bounds and are unrolled: every index is a constant, so arrays stay in
// registers.
#extension GL_EXT_control_flow_attributes : require

#ifndef LINE_DFT_GLSL
#define LINE_DFT_GLSL

#define LINE_PASTE_(a, b) a##_##b
#define LINE_PASTE(a, b) LINE_PASTE_(a, b)
#define LINE_NAME(name) LINE_PASTE(LINE, name)

#define LINE_DENSE(NAME, RADIX)                                                               \
  void NAME(inout vec2 x[RADIX]) {                                                            \
    const uint pairs = (RADIX - 1) / 2;                                                       \
    const uint stride = LINE_LENGTH / (RADIX);                                                \
    const bool even = (RADIX) % 2 == 0;                                                       \
    vec2 sums[RADIX];                                                                         \
    vec2 differences[RADIX];                                                                  \
    const vec2 middle = even ? x[(RADIX) / 2] : vec2(0.0);                                    \
    const vec2 plus = x[0] + middle;                                                          \
    const vec2 minus = x[0] - middle;                                                         \
    vec2 total = plus;                                                                        \
    vec2 alternating = (RADIX) / 2 % 2 == 0 ? plus : minus;                                   \
    [[unroll]] for (uint j = 1; j <= pairs; ++j) {                                            \
      sums[j] = x[j] + x[(RADIX) - j];                                                        \
      differences[j] = x[j] - x[(RADIX) - j];                                                 \
      total += sums[j];                                                                       \
      alternating += j % 2 == 0 ? sums[j] : -sums[j];                                         \
    }                                                                                         \
    x[0] = total;                                                                             \
    if (even) x[(RADIX) / 2] = alternating;                                                   \
    [[unroll]] for (uint k = 1; k <= pairs; ++k) {                                            \
      vec2 a = k % 2 == 0 ? plus : minus;                                                     \
      vec2 b = vec2(0.0);                                                                     \
      [[unroll]] for (uint j = 1; j <= pairs; ++j) {                                          \
        a = fma(sums[j], vec2(LINE_NAME(cosine)(j * k % (RADIX) * stride)), a);               \
        b = fma(differences[j], vec2(LINE_NAME(sine)(j * k % (RADIX) * stride)), b);          \
      }                                                                                       \
      x[k] = vec2(a.x + b.y, a.y - b.x);                                                      \
      x[(RADIX) - k] = vec2(a.x - b.y, a.y + b.x);                                            \
    }                                                                                         \
  }
#endif

float LINE_NAME(cosines)[LINE_LENGTH / 2 + 1];
float LINE_NAME(sines)[LINE_LENGTH / 2 + 1];

// Cosine and sine of 2π·i/N, for any i ≥ 0.
float LINE_NAME(cosine)(uint i) {
  const uint turn = i % LINE_LENGTH;
  return LINE_NAME(cosines)[min(turn, LINE_LENGTH - turn)];
}
float LINE_NAME(sine)(uint i) {
  const uint turn = i % LINE_LENGTH;
  const float value = LINE_NAME(sines)[min(turn, LINE_LENGTH - turn)];
  return turn > LINE_LENGTH - turn ? -value : value;
}

const uint LINE_NAME(kCofactor) = LINE_LENGTH / LINE_FACTOR;

LINE_DENSE(LINE_NAME(dense_factor), LINE_FACTOR)
LINE_DENSE(LINE_NAME(dense_cofactor), LINE_NAME(kCofactor))

void LINE_NAME(dft)(inout vec2 line[LINE_LENGTH]) {
  vec2 between[LINE_LENGTH];
  [[unroll]] for (uint b = 0; b < LINE_NAME(kCofactor); ++b) {
    vec2 x[LINE_FACTOR];
    [[unroll]] for (uint a = 0; a < LINE_FACTOR; ++a) x[a] = line[a * LINE_NAME(kCofactor) + b];
    LINE_NAME(dense_factor)(x);
    between[b] = x[0];
    [[unroll]] for (uint p = 1; p < LINE_FACTOR; ++p) {
      vec2 turned = x[p];
      if (b > 0) {
        const float c = LINE_NAME(cosine)(b * p);
        const float s = LINE_NAME(sine)(b * p);
        turned = vec2(fma(x[p].y, s, x[p].x * c), fma(x[p].x, -s, x[p].y * c));
      }
      between[p * LINE_NAME(kCofactor) + b] = turned;
    }
  }
  [[unroll]] for (uint p = 0; p < LINE_FACTOR; ++p) {
    vec2 x[LINE_NAME(kCofactor)];
    [[unroll]] for (uint b = 0; b < LINE_NAME(kCofactor); ++b) {
      x[b] = between[p * LINE_NAME(kCofactor) + b];
    }
    LINE_NAME(dense_cofactor)(x);
    [[unroll]] for (uint q = 0; q < LINE_NAME(kCofactor); ++q) line[p + LINE_FACTOR * q] = x[q];
  }
}

#undef LINE
#undef LINE_LENGTH
#undef LINE_FACTOR
