// Sizes of a tile of linear_matrix.comp, from its specialisation constants. GLSL includes these lines
// at file scope, C++ in a function (engine/kernels/shaders/linear_matrix.h). Both define before:
//   kSubgroups    subgroups in a workgroup
//   kRows … kTransposed    as at the head of linear_matrix.comp

const uint kHalves = 8;  // elements of a vector of 16 bytes
const uint kTileRows = kSubgroups / kSubgroupsAcross * kFragmentsDown * kRows;
const uint kTileColumns = kSubgroupsAcross * kFragmentsAcross * kColumns;
const uint kDepthVectors = kFragmentsDeep * kInner / kHalves;

// In shared memory x's tile is [kTileRows, depth] and the weight's [depth, kTileColumns] or its
// transpose. Each row is padded by one vector.
const uint kXStride = kDepthVectors + 1;
const uint kXVectors = kTileRows * kXStride;
const uint kWeightRows = kTransposed ? kTileColumns : kDepthVectors * kHalves;
const uint kWeightRowVectors = kTransposed ? kDepthVectors : kTileColumns / kHalves;
const uint kWeightStride = kWeightRowVectors + 1;
const uint kWeightVectors = kWeightRows * kWeightStride;

// After the last step, each subgroup copies its sums through shared memory to y, one row of
// fragments at a time. There the sums are floats, 4 per vector of 16 bytes.
const uint kStagingStride = kFragmentsAcross * kColumns / 4 + 1;
const uint kStagingVectors = kRows * kStagingStride;

// Shared memory holds the tiles first and the sums afterwards.
const uint kTilesVectors = kBuffers * (kXVectors + kWeightVectors);
const uint kAllStagingVectors = kSubgroups * kStagingVectors;
const uint kPoolVectors = kTilesVectors > kAllStagingVectors ? kTilesVectors : kAllStagingVectors;
