// The epilogue of matrix products: y = act(sum + b) [+ addend]. act is GELU with kGelu, else the
// identity. The including shader must define first
//   bias               samplerBuffer, [output_vectors] vec4. Not a storage buffer, because some
//                      devices allow only four of those
//   EPILOGUE_CONSTANT  id of the first of the three specialisation constants below
//
// Values are `precise` from here to the store: a driver must not contract operations differently
// for another tile, because a row's bits must not depend on the batch.
#include "gelu.glsl"

layout(constant_id = EPILOGUE_CONSTANT) const bool kGelu = false;
layout(constant_id = EPILOGUE_CONSTANT + 1) const bool kAddend = false;
layout(constant_id = EPILOGUE_CONSTANT + 2) const bool kInPlace = false;  // y holds the addend at first

// act(sum + b) for four columns. column: index of the vector.
vec4 activated(vec4 sum, uint column) {
  precise vec4 value = sum + texelFetch(bias, int(column));
  if (kGelu) value = gelu(value);
  return value;
}
