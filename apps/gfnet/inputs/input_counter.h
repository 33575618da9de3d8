#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace app {

/// Counts the inputs of PATH arguments while the job runs, on its own thread. The progress line
/// needs the count to show how much is left.
class InputCounter {
 public:
  /// Counts nothing if paths come from stdin, which can be read only once.
  explicit InputCounter(const std::vector<std::string>& paths);

  /// The number of inputs; 0 while counting is not finished.
  std::uint64_t total() const { return total_; }

 private:
  std::atomic<std::uint64_t> total_ = 0;
  std::jthread thread_;
};

}  // namespace app
