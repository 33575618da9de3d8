#pragma once

#include "gfnet/c/error.h"

namespace gfnet::c {

/// The error for the exception that is being handled. Without memory for it: an error that needs
/// none.
gfnet_error* error_of_current_exception() noexcept;

/// Does `work`. Returns null, or the error for what it throws: nothing leaves a C function.
template <typename Work>
gfnet_error* guarded(const Work& work) noexcept {
  try {
    work();
    return nullptr;
  } catch (...) {
    return error_of_current_exception();
  }
}

}  // namespace gfnet::c
