// What matrix products do with their sums: y = act(sum + b) [+ addend]. Expects
//   bias               binding [output_vectors]
//   EPILOGUE_CONSTANT  number of the first of its three specialisation constants
//
// precise, here and wherever a sum goes on from here: no driver may contract differently for another
// tile, so that a row's bits do not depend on the batch.
#include "gelu.glsl"

layout(constant_id = EPILOGUE_CONSTANT) const bool kGelu = false;
layout(constant_id = EPILOGUE_CONSTANT + 1) const bool kAddend = false;
layout(constant_id = EPILOGUE_CONSTANT + 2) const bool kInPlace = false;  // y holds the addend before

vec4 activated(vec4 sum, uint column) {
  precise vec4 value = sum + bias[column];
  if (kGelu) value = gelu(value);
  return value;
}
