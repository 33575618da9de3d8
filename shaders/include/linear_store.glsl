// Epilogue and store for products that write y in vectors of four. The including shader must define
// first what linear_epilogue.glsl needs, and
//   p         LinearParameters
//   bindings  addend [addend_rows, output_vectors], y [rows, output_vectors]: OUT4 (storage.glsl)
#include "linear_epilogue.glsl"
#include "storage.glsl"

void store(uint row, uint column, vec4 sum) {
  precise vec4 value = activated(sum, column);
  const uint at = row * p.output_vectors + column;
  if (kInPlace) {
    value += widen(y[at]);
  } else if (kAddend) {
    value += widen(addend[((row + p.addend_first) % p.addend_rows) * p.output_vectors + column]);
  }
  y[at] = narrow(value);
}
