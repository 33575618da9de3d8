#include "inputs/input_counter.h"

#include "inputs/inputs.h"

namespace app {

InputCounter::InputCounter(const std::vector<std::string>& paths) {
  if (Inputs::read_stdin(paths)) return;
  thread_ = std::jthread([this, paths](const std::stop_token& stop) {
    Inputs inputs(paths);
    std::uint64_t count = 0;
    while (inputs.next()) {
      if (stop.stop_requested()) return;
      ++count;
    }
    total_ = count;
  });
}

}  // namespace app
