#include "inputs/input_counter.h"

#include <system_error>

#include "inputs/inputs.h"
#include "terminal/terminal.h"

namespace app {

InputCounter::InputCounter(const std::vector<std::string>& paths, HiddenFolders hidden) {
  if (paths.empty() || !Inputs::can_be_counted(paths)) return;
  try {
    thread_ = std::thread([this, paths, hidden] {
      Inputs inputs(paths, nullptr, hidden);
      std::uint64_t count = 0;
      while (inputs.next()) {
        if (is_over_) return;
        ++count;
      }
      total_ = count;
    });
  } catch (const std::system_error& error) {
    throw cannot_start_thread("the thread that counts the inputs", error);
  }
}

InputCounter::~InputCounter() {
  is_over_ = true;
  if (thread_.joinable()) thread_.join();
}

}  // namespace app
