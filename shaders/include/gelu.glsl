// GELU(x) = x/2 · (1 + erf(x/√2)), the exact form (Hendrycks & Gimpel 2016, eq. 1).
//
// GLSL has no erf. For |z| ≤ 3.92 it is computed as z·P(z²)/Q(z²); beyond that, erf is ±1 in float.
// P and Q have degree 5; scripts/fit_erf.py fits them to an absolute error of 1.6e-8. All
// coefficients are positive, so Horner's scheme has no cancellation: the error in float arithmetic
// is 3e-7.
#ifndef GFNET_GELU_GLSL
#define GFNET_GELU_GLSL

vec4 erf(vec4 x) {
  const vec4 z = clamp(x, vec4(-3.92), vec4(3.92));
  const vec4 u = z * z;
  precise vec4 p = vec4(2.034679482676438e-06);
  p = p * u + 0.0002874678175430745;
  p = p * u + 0.0038681223522871733;
  p = p * u + 0.05305986478924751;
  p = p * u + 0.19276022911071777;
  p = p * u + 1.128378987312317;
  precise vec4 q = vec4(3.8069447327870876e-05);
  q = q * u + 0.0011880515376105905;
  q = q * u + 0.015171905979514122;
  q = q * u + 0.11508292704820633;
  q = q * u + 0.50416100025177;
  q = q * u + 1.0;
  return z * p / q;
}

vec4 gelu(vec4 x) {
  return 0.5 * x * (1.0 + erf(x * 0.7071067811865476));
}

#endif  // GFNET_GELU_GLSL
