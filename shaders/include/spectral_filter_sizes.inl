// Sizes of a grid's half spectrum in spectral_filter.comp. GLSL includes these lines at file scope,
// C++ in a function (engine/kernels/shaders/spectral_filter.h). Both define before: kHeight, kWidth.

const uint kHalf = kWidth / 2 + 1;  // columns
const uint kBins = kHeight * kHalf;
