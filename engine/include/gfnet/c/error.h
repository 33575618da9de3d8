#pragma once

#include "gfnet/c/call.h"

/// Errors. gfnet/c.h has the rules for all calls.
GFNET_C_BEGIN

/// A failed call: a code and a message.
typedef struct gfnet_error gfnet_error;

/// The kinds of errors. Later versions may add more.
typedef enum gfnet_code {
  GFNET_OK = 0,
  /// A mistake of the caller: NULL, an impossible value, memory of the wrong size.
  GFNET_ERROR_ARGUMENT = 1,
  /// A file that cannot be read, or a file with invalid content.
  GFNET_ERROR_FORMAT = 2,
  /// A valid request that the library or the device cannot fulfil.
  GFNET_ERROR_UNSUPPORTED = 3,
  /// A request that is too large for the device. Fewer or smaller images may work.
  GFNET_ERROR_TOO_LARGE = 4,
  /// There is no Vulkan driver, or no device that matches the request.
  GFNET_ERROR_NO_DEVICE = 5,
  /// A Vulkan call failed for another reason than the next two.
  GFNET_ERROR_VULKAN = 6,
  /// Memory of the host or the device is exhausted. Fewer or smaller images may work.
  GFNET_ERROR_OUT_OF_MEMORY = 7,
  /// The device was lost, or hangs. Free the classifier; a new one may work.
  GFNET_ERROR_DEVICE_LOST = 8,
  /// Anything else. The message says what.
  GFNET_ERROR_OTHER = 9,
} gfnet_code;

/// The kind of an error. GFNET_OK for NULL.
GFNET_API gfnet_code gfnet_error_code(const gfnet_error* error) GFNET_NOEXCEPT;
/// What failed and why, in one line for a person. Valid until the error is freed. "" for NULL.
GFNET_API const char* gfnet_error_message(const gfnet_error* error) GFNET_NOEXCEPT;
GFNET_API void gfnet_error_free(gfnet_error* error) GFNET_NOEXCEPT;

GFNET_C_END
