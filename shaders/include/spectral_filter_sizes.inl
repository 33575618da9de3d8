// Sizes of a grid's half spectrum in spectral_filter.comp. GLSL includes these lines at file scope,
// C++ in a function (engine/kernels/shaders/spectral_filter.h). Both define before: kHeight, kWidth.

const uint kHalf = kWidth / 2 + 1;  // columns
const uint kBins = kHeight * kHalf;

// The longest line that a fused kernel transforms. The shader unrolls a line and holds it in
// registers. Longer lines compile slowly and spill registers.
const uint kLongestLine = 32;
const uint kRootVectors = (2 * (kLongestLine / 2 + 1) + 1) / 2;  // two roots each
