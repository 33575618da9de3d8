#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <random>
#include <string>
#include <vector>

namespace gfnet::test {

/// Random numbers that differ in every run. GFNET_TEST_SEED=seed repeats a run with that seed. Put
/// CAPTURE(random.seed()) into the case, so that a failure shows the seed.
class Random {
 public:
  Random() : seed_(choose_seed()), engine_(seed_) {}

  unsigned seed() const { return seed_; }

  std::vector<float> normal(std::int64_t count, float mean = 0.0f, float deviation = 1.0f) {
    std::normal_distribution<float> distribution(mean, deviation);
    std::vector<float> values(static_cast<std::size_t>(count));
    for (float& value : values) value = distribution(engine_);
    return values;
  }

  /// Numbers from −1 to 1.
  std::vector<float> uniform(std::int64_t count) {
    std::uniform_real_distribution<float> distribution(-1.0f, 1.0f);
    std::vector<float> values(static_cast<std::size_t>(count));
    for (float& value : values) value = distribution(engine_);
    return values;
  }

  /// A random integer from `least` to `most`, both included.
  std::int64_t integer(std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(engine_);
  }

 private:
  static unsigned choose_seed() {
    const char* given = std::getenv("GFNET_TEST_SEED");
    return given != nullptr ? static_cast<unsigned>(std::stoul(given)) : std::random_device{}();
  }

  unsigned seed_;
  std::mt19937 engine_;
};

inline std::vector<double> widen(const std::vector<float>& values) {
  return {values.begin(), values.end()};
}

}  // namespace gfnet::test
