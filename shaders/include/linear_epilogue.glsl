// What matrix products do with their sums: y = act(sum + b) [+ addend]. Expects
//   p        LinearParameters
//   bindings bias [output_vectors], addend [addend_rows, output_vectors], y [rows, output_vectors];
//            the last two are OUT4 (storage.glsl)
// and brings the specialisation constants 3, 4 and 5.
#include "gelu.glsl"
#include "storage.glsl"

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
    value += widen(y[at]);
  } else if (kAddend) {
    value += widen(addend[(row % p.addend_rows) * p.output_vectors + column]);
  }
  y[at] = narrow(value);
}
