#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace app {

/// Counts what PATH arguments stand for while the work on it has begun, for whoever wants to know
/// how much is left.
class InputCounter {
 public:
  /// Paths on stdin can be read but once, so that those are not counted.
  explicit InputCounter(const std::vector<std::string>& paths);

  /// 0 until all are counted.
  std::uint64_t total() const { return total_; }

 private:
  std::atomic<std::uint64_t> total_ = 0;
  std::jthread thread_;
};

}  // namespace app
