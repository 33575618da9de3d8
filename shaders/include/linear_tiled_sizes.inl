// Sizes of a tile of linear_tiled.comp, from its specialisation constants. GLSL includes these lines
// at file scope, C++ in a function (engine/kernels/shaders/linear_tiled.h). Both define before:
//   kWidth, kHeight                       the workgroup's size
//   kRows, kColumns, kDepth, kBuffers     as at the head of linear_tiled.comp

const uint kTileRows = kRows * kHeight;
const uint kTileColumns = kColumns * kWidth;  // vectors

// Each row of x's tile is padded by one vector, so that rows start in different banks.
const uint kXStride = kDepth + 1;
const uint kXVectors = kTileRows * kXStride;
const uint kWeightVectors = 4 * kDepth * kTileColumns;
const uint kXTileVectors = kBuffers * kXVectors;
const uint kWeightTileVectors = kBuffers * kWeightVectors;
