#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace app {

/// Counts the inputs of PATH arguments on a thread of its own while the job runs, so that the
/// progress line can show how much is left.
class InputCounter {
 public:
  /// Counts nothing if paths come from stdin, which can be read only once.
  explicit InputCounter(const std::vector<std::string>& paths);

  /// 0 until all are counted.
  std::uint64_t total() const { return total_; }

 private:
  std::atomic<std::uint64_t> total_ = 0;
  std::jthread thread_;
};

}  // namespace app
