#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "inputs/folder_walk.h"

namespace app {

/// Counts the inputs that the PATH arguments name, on a thread of its own, while the job runs. The
/// progress line needs the count to show how much is left.
class InputCounter {
 public:
  /// Counts nothing if !Inputs::can_be_counted(paths): stdin can be read only once, and a
  /// compressed archive would be decompressed twice. hidden: as for Inputs. Throws gfnet::Error if
  /// the thread cannot be started.
  explicit InputCounter(const std::vector<std::string>& paths,
                        HiddenFolders hidden = HiddenFolders::kRead);
  /// Stops counting.
  ~InputCounter();
  InputCounter(const InputCounter&) = delete;
  InputCounter& operator=(const InputCounter&) = delete;

  /// The number of inputs; 0 while counting is not finished.
  std::uint64_t total() const { return total_; }

 private:
  std::atomic<std::uint64_t> total_ = 0;
  std::atomic<bool> is_over_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace app
