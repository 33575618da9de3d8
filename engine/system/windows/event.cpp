#include <system_error>

#include "system/waiting.h"
#include "system/windows/api.h"

namespace gfnet::system {

Event::Event() {
  const HANDLE event = ::CreateEventW(nullptr, /*bManualReset=*/TRUE, FALSE, nullptr);
  if (event == nullptr) {
    throw std::system_error(static_cast<int>(::GetLastError()), std::system_category(), "event");
  }
  handle_ = raised_at_ = reinterpret_cast<std::intptr_t>(event);
}

void Event::raise() const { ::SetEvent(reinterpret_cast<HANDLE>(raised_at_)); }

void Event::reset() const { ::ResetEvent(reinterpret_cast<HANDLE>(handle_)); }

}  // namespace gfnet::system
