#pragma once

#include <utility>

#include "runtime/device_context.h"
#include "tuning/choice_store.h"

namespace gfnet::tuning {

/// A device, together with the choices that were measured on it.
class TunedDevice : public runtime::DeviceContext {
 public:
  using runtime::DeviceContext::DeviceContext;

  /// The candidates that were measured to be fastest on this device.
  const kernels::MeasuredChoices& choices() const { return store_.choices(); }
  /// Adds newly measured choices; see ChoiceStore::remember.
  void remember(kernels::MeasuredChoices choices) { store_.remember(std::move(choices)); }

 private:
  ChoiceStore store_{device().info(), cache_directory()};
};

}  // namespace gfnet::tuning
