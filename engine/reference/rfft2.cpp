#include <cmath>
#include <complex>
#include <numbers>

#include "reference/operations.h"

namespace gfnet::reference {
namespace {

using Complex = std::complex<double>;

/// e^(sign·2πi·k/n) for k = 0 … n−1.
std::vector<Complex> roots_of_unity(std::int64_t n, int sign) {
  std::vector<Complex> roots;
  for (std::int64_t k = 0; k < n; ++k) {
    const double angle =
        sign * 2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(n);
    roots.emplace_back(std::cos(angle), std::sin(angle));
  }
  return roots;
}

std::vector<Complex> dft(const std::vector<Complex>& x, const std::vector<Complex>& roots) {
  const std::size_t n = x.size();
  std::vector<Complex> result(n);
  for (std::size_t k = 0; k < n; ++k) {
    for (std::size_t j = 0; j < n; ++j) result[k] += x[j] * roots[(k * j) % n];
  }
  return result;
}

}  // namespace

Values rfft2(Input planes, graph::Extent grid) {
  const std::size_t height = static_cast<std::size_t>(grid.height);
  const std::size_t width = static_cast<std::size_t>(grid.width);
  const std::size_t half = static_cast<std::size_t>(graph::spectrum_width(grid.width));
  const auto row_roots = roots_of_unity(grid.width, -1);
  const auto column_roots = roots_of_unity(grid.height, -1);
  Values result;
  for (std::size_t plane = 0; plane < planes.size(); plane += height * width) {
    std::vector<std::vector<Complex>> columns(half, std::vector<Complex>(height));
    for (std::size_t h = 0; h < height; ++h) {
      const auto row = planes.subspan(plane + h * width, width);
      const auto transformed = dft({row.begin(), row.end()}, row_roots);
      for (std::size_t w = 0; w < half; ++w) columns[w][h] = transformed[w];
    }
    for (auto& column : columns) column = dft(column, column_roots);
    for (std::size_t h = 0; h < height; ++h) {
      for (std::size_t w = 0; w < half; ++w) {
        result.push_back(columns[w][h].real());
        result.push_back(columns[w][h].imag());
      }
    }
  }
  return result;
}

Values irfft2(Input spectrum, graph::Extent grid) {
  const std::size_t height = static_cast<std::size_t>(grid.height);
  const std::size_t width = static_cast<std::size_t>(grid.width);
  const std::size_t half = static_cast<std::size_t>(graph::spectrum_width(grid.width));
  const auto row_roots = roots_of_unity(grid.width, 1);
  const auto column_roots = roots_of_unity(grid.height, 1);
  Values result;
  for (std::size_t plane = 0; plane < spectrum.size(); plane += 2 * height * half) {
    std::vector<std::vector<Complex>> rows(height, std::vector<Complex>(half));
    for (std::size_t w = 0; w < half; ++w) {
      std::vector<Complex> column;
      for (std::size_t h = 0; h < height; ++h) {
        const std::size_t at = plane + 2 * (h * half + w);
        column.emplace_back(spectrum[at], spectrum[at + 1]);
      }
      column = dft(column, column_roots);
      for (std::size_t h = 0; h < height; ++h) rows[h][w] = column[h];
    }
    for (const auto& row : rows) {
      for (std::size_t x = 0; x < width; ++x) {
        double sum = row[0].real();
        for (std::size_t w = 1; w < half; ++w) {
          if (2 * w == width) {
            sum += row[w].real() * row_roots[(w * x) % width].real();
          } else {
            sum += 2 * (row[w] * row_roots[(w * x) % width]).real();
          }
        }
        result.push_back(sum);
      }
    }
  }
  return result;
}

}  // namespace gfnet::reference
