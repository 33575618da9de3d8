#pragma once

#include <memory>

namespace gfnet::api {

/// Destroys the state of a classifier. If the state's device hangs (vulkan::Device::hangs), leaks
/// the state instead: unfinished work may still use its memory, and a driver may wait for that
/// work.
template <typename State>
void destroy_unless_hung(std::unique_ptr<State> state) noexcept {
  if (state && state->context.device().hangs()) static_cast<void>(state.release());
}

}  // namespace gfnet::api
