// What every matrix product does with its sums: y = act(sum + b) [+ addend]. Expects
//   p        LinearParameters
//   bindings bias [output_vectors], addend [addend_rows, output_vectors], y [rows, output_vectors]
// and brings the specialisation constants 3, 4 and 5.
#include "gelu.glsl"

layout(constant_id = 3) const bool kGelu = false;
layout(constant_id = 4) const bool kAddend = false;
layout(constant_id = 5) const bool kInPlace = false;   // y holds the addend before

// precise: no driver may contract differently for another tile, so that a row's bits do not depend
// on the batch.
void store(uint row, uint column, vec4 sum) {
  precise vec4 value = sum;
  const uint at = row * p.output_vectors + column;
  value += bias[column];
  if (kGelu) value = gelu(value);
  if (kInPlace) {
    value += y[at];
  } else if (kAddend) {
    value += addend[(row % p.addend_rows) * p.output_vectors + column];
  }
  y[at] = value;
}
