#include <complex>

#include "reference/operations.h"

namespace gfnet::reference {

Values filter_multiply(Input spectrum, graph::Extent grid, Input filter, Input bias) {
  const std::size_t bins =
      static_cast<std::size_t>(grid.height * graph::spectrum_width(grid.width));
  Values result(spectrum.size());
  for (std::size_t i = 0; i < spectrum.size(); i += 2) {
    const std::complex<double> product = std::complex<double>(spectrum[i], spectrum[i + 1]) *
                                         std::complex<double>(filter[i], filter[i + 1]);
    const std::size_t bin = i / 2;
    result[i] = product.real() + (bin % bins == 0 ? bias[bin / bins] : 0.0);
    result[i + 1] = product.imag();
  }
  return result;
}

}  // namespace gfnet::reference
