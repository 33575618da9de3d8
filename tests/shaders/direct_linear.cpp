#include "direct_linear.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "base/half.h"
#include "include/parameters.h"
#include "kernels/packing.h"
#include "reference/operations.h"
#include "support/close.h"
#include "support/mapped_buffer.h"
#include "vulkan/commands/command_recorder.h"

namespace gfnet::test {
namespace {

/// Random numbers that the shader's storage holds exactly.
std::vector<float> numbers(Random& random, std::int64_t count, bool half) {
  std::vector<float> values = random.normal(count);
  if (half) {
    for (float& value : values) value = half_to_float(float_to_half(value));
  }
  return values;
}

std::vector<float> transpose(const std::vector<float>& matrix, std::int64_t rows) {
  const std::int64_t columns = static_cast<std::int64_t>(matrix.size()) / rows;
  std::vector<float> result;
  for (std::int64_t c = 0; c < columns; ++c) {
    for (std::int64_t r = 0; r < rows; ++r) {
      result.push_back(matrix[static_cast<std::size_t>(r * columns + c)]);
    }
  }
  return result;
}

std::vector<float> pad_columns(const std::vector<float>& dense, std::int64_t columns,
                               std::int64_t padded) {
  std::vector<float> result;
  for (std::size_t at = 0; at < dense.size(); at += static_cast<std::size_t>(columns)) {
    const auto row = dense.begin() + static_cast<std::ptrdiff_t>(at);
    result.insert(result.end(), row, row + columns);
    result.resize(result.size() + static_cast<std::size_t>(padded - columns));
  }
  return result;
}

/// A matrix on the device in floats or halves. NaNs behind its end guard against access there.
class Matrix {
 public:
  Matrix(vulkan::Device& device, std::vector<float> values, bool half)
      : count_(values.size()), half_(half), words_(device, with_guard(std::move(values), half)) {}

  const vulkan::Buffer& buffer() const { return words_.buffer(); }
  std::vector<float> values() {
    std::vector<float> all = read();
    all.resize(count_);
    return all;
  }
  bool guard_is_intact() {
    const std::vector<float> all = read();
    return std::all_of(all.begin() + static_cast<std::ptrdiff_t>(count_), all.end(),
                       [](float value) { return std::isnan(value); });
  }

 private:
  static constexpr std::size_t kGuard = 512;

  static std::vector<std::uint32_t> with_guard(std::vector<float> values, bool half) {
    values.resize(values.size() + kGuard, std::numeric_limits<float>::quiet_NaN());
    std::vector<std::uint32_t> words(half ? values.size() / 2 : values.size());
    for (std::size_t i = 0; i < words.size(); ++i) {
      words[i] = half ? float_to_half(values[2 * i]) |
                            static_cast<std::uint32_t>(float_to_half(values[2 * i + 1])) << 16
                      : std::bit_cast<std::uint32_t>(values[i]);
    }
    return words;
  }

  std::vector<float> read() {
    std::vector<float> values;
    for (const std::uint32_t word : words_.values()) {
      if (half_) {
        values.push_back(half_to_float(static_cast<std::uint16_t>(word)));
        values.push_back(half_to_float(static_cast<std::uint16_t>(word >> 16)));
      } else {
        values.push_back(std::bit_cast<float>(word));
      }
    }
    return values;
  }

  std::size_t count_;
  bool half_;
  MappedBuffer<std::uint32_t> words_;
};

void dispatch(ContextFixture& fixture, const Kernel& kernel, const Problem& p, std::int64_t inner,
              std::int64_t outputs, std::uint32_t addend_rows,
              const std::array<Matrix*, 5>& operands) {
  const Specialization specialization = kernel.of_plan.specialization(
      p.gelu, p.addend != Problem::kNone, p.addend == Problem::kInPlace);
  parameters::LinearParameters parameters{};
  parameters.rows = static_cast<std::uint32_t>(p.rows);
  parameters.inner_vectors = static_cast<std::uint32_t>(inner / 4);
  parameters.output_vectors = static_cast<std::uint32_t>(outputs / 4);
  parameters.addend_rows = addend_rows;
  const auto tiles = [](std::int64_t size, std::int64_t tile) {
    return static_cast<std::uint32_t>((size + tile - 1) / tile);
  };
  std::vector<vulkan::Binding> bindings;
  for (Matrix* operand : operands) bindings.push_back({&operand->buffer(), Access::kRead});
  bindings.back().access = Access::kReadWrite;

  vulkan::Device& device = fixture.context().device();
  vulkan::CommandRecorder recorder(device);
  recorder.dispatch(fixture.context().pipeline(kernel.of_plan.shader, specialization), bindings,
                    parameters,
                    {tiles(outputs, kernel.of_plan.tile_columns) * specialization.workgroup[0],
                     tiles(p.rows, kernel.of_plan.tile_rows) * specialization.workgroup[1], 1});
  const vulkan::Recording recording = recorder.finish();
  device.submit(recording).wait();
}

}  // namespace

void check(ContextFixture& fixture, Random& random, const Kernel& kernel, const Problem& p) {
  CAPTURE(kernel.of_plan.description());
  CAPTURE(p.rows);
  CAPTURE(p.inner);
  CAPTURE(p.outputs);
  CAPTURE(p.gelu);
  CAPTURE(p.addend);
  const auto x = numbers(random, p.rows * p.inner, kernel.half_in);
  const auto weight = numbers(random, p.inner * p.outputs, kernel.half_in);
  const auto bias = random.normal(p.outputs);
  const std::int64_t addend_rows = p.addend == Problem::kRepeated ? (p.rows + 1) / 2 : p.rows;
  std::vector<float> repeated, addend;
  if (p.addend != Problem::kNone) {
    repeated = numbers(random, addend_rows * p.outputs, kernel.half_out);
    for (std::int64_t i = 0; i < p.rows * p.outputs; ++i) {
      addend.push_back(repeated[static_cast<std::size_t>(i % (addend_rows * p.outputs))]);
    }
  }

  const std::int64_t inner = kernels::round_up(p.inner, kernel.vector);
  const std::int64_t outputs = kernels::round_up(p.outputs, kernel.vector);
  vulkan::Device& device = fixture.context().device();
  auto stored_weight = pad_columns(weight, p.outputs, outputs);
  stored_weight.resize(static_cast<std::size_t>(inner * outputs));
  if (kernel.transposed) stored_weight = transpose(stored_weight, inner);
  Matrix on_x(device, pad_columns(x, p.inner, inner), kernel.half_in);
  Matrix on_weight(device, stored_weight, kernel.half_in);
  Matrix on_bias(device, pad_columns(bias, p.outputs, outputs), false);
  Matrix on_addend(device, pad_columns(repeated, p.outputs, outputs), kernel.half_out);
  std::vector<float> before(static_cast<std::size_t>(p.rows * outputs), 7.0f);
  if (p.addend == Problem::kInPlace) before = pad_columns(addend, p.outputs, outputs);
  Matrix on_y(device, before, kernel.half_out);
  dispatch(fixture, kernel, p, inner, outputs, static_cast<std::uint32_t>(addend_rows),
           {&on_x, &on_weight, &on_bias, &on_addend, &on_y});

  CHECK(on_y.guard_is_intact());
  const std::vector<float> stored = on_y.values();
  std::vector<float> actual;
  bool padding_is_zero = true;
  for (std::size_t i = 0; i < stored.size(); ++i) {
    const bool is_padding = static_cast<std::int64_t>(i) % outputs >= p.outputs;
    if (!is_padding) actual.push_back(stored[i]);
    padding_is_zero = padding_is_zero && (!is_padding || stored[i] == 0.0f);
  }
  CHECK(padding_is_zero);

  const auto wide_x = widen(x);
  const auto wide_weight = widen(weight);
  const auto expected = reference::linear(wide_x, wide_weight, widen(bias), p.gelu, widen(addend));
  const auto wide_bias = widen(bias);
  const auto wide_addend = widen(addend);
  test::check_close(
      actual, expected,
      selfcheck::linear_bounds({wide_x, wide_weight, wide_bias, p.gelu, wide_addend}, expected,
                               kernel.rounding, kernel.half_out ? DType::kF16 : DType::kF32));
}

void check_tails(ContextFixture& fixture, Random& random, const Kernel& kernel) {
  const std::int64_t r = kernel.of_plan.tile_rows, c = kernel.of_plan.tile_columns;
  for (const std::int64_t rows : {std::int64_t{1}, r - 1, r, r + 1, 2 * r + 3}) {
    if (rows > 0) check(fixture, random, kernel, {rows, 12, 20});
  }
  for (const std::int64_t inner : {1, 4, 5, 8, 16, 17, 31, 33, 64, 130}) {
    check(fixture, random, kernel, {9, inner, 12});
  }
  for (const std::int64_t outputs : {std::int64_t{1}, c - 1, c, c + 1, 2 * c + 5}) {
    check(fixture, random, kernel, {9, 8, outputs});
  }
  // Each epilogue compiles another pipeline, which takes most of the time here.
  check(fixture, random, kernel, {r + 5, 24, c + 3, true});
  check(fixture, random, kernel, {r + 5, 24, c + 3, false, Problem::kRepeated});
  check(fixture, random, kernel, {r + 5, 24, c + 3, true, Problem::kInPlace});
}

void check_network(ContextFixture& fixture, Random& random, const Kernel& kernel) {
  check(fixture, random, kernel, {196, 384, 1536, true});
  check(fixture, random, kernel, {196, 1536, 384, false, Problem::kInPlace});
}

}  // namespace gfnet::test
