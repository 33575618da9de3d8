#pragma once

#include <utility>

#include "runtime/device_context.h"
#include "tuning/choice_store.h"

namespace gfnet::runtime {

/// A device with the choices that were measured on it.
class TunedDevice : public DeviceContext {
 public:
  using DeviceContext::DeviceContext;

  /// The candidates that were measured to be fastest on this device.
  const plan::Choices& choices() const { return store_.choices(); }
  /// Adds newly measured choices; see ChoiceStore::remember.
  void remember(plan::Choices choices) { store_.remember(std::move(choices)); }

 private:
  ChoiceStore store_{device().info(), cache_directory()};
};

}  // namespace gfnet::runtime
