#include "c/c_errors.h"

#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>

#include "gfnet/error.h"

struct gfnet_error {
  gfnet_code code;
  std::string message;
};

namespace gfnet::c {
namespace {

/// The one error that is not allocated. The text fits into a string without memory of its own.
gfnet_error& out_of_memory() noexcept {
  static gfnet_error error{GFNET_ERROR_OUT_OF_MEMORY, "out of memory"};
  return error;
}

gfnet_code code_of(const VulkanError& error) {
  if (error.is_out_of_memory()) return GFNET_ERROR_OUT_OF_MEMORY;
  return error.is_device_lost() ? GFNET_ERROR_DEVICE_LOST : GFNET_ERROR_VULKAN;
}

/// The current exception as a code and a message. Throws std::bad_alloc if there is no memory for
/// the message. Derived classes before their bases.
gfnet_error described() {
  try {
    throw;
  } catch (const ArgumentError& error) {
    return {GFNET_ERROR_ARGUMENT, error.what()};
  } catch (const FormatError& error) {
    return {GFNET_ERROR_FORMAT, error.what()};
  } catch (const TooLargeError& error) {
    return {GFNET_ERROR_TOO_LARGE, error.what()};
  } catch (const UnsupportedError& error) {
    return {GFNET_ERROR_UNSUPPORTED, error.what()};
  } catch (const NoDeviceError& error) {
    return {GFNET_ERROR_NO_DEVICE, error.what()};
  } catch (const VulkanError& error) {
    return {code_of(error), error.what()};
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::length_error&) {  // a container beyond what memory can be addressed
    throw std::bad_alloc();
  } catch (const std::exception& error) {
    return {GFNET_ERROR_OTHER, error.what()};
  } catch (...) {
    return {GFNET_ERROR_OTHER, "an exception of an unknown type"};
  }
}

}  // namespace

gfnet_error* error_of_current_exception() noexcept {
  try {
    return new gfnet_error(described());
  } catch (...) {  // only std::bad_alloc
    return &out_of_memory();
  }
}

}  // namespace gfnet::c

gfnet_code gfnet_error_code(const gfnet_error* error) noexcept {
  return error == nullptr ? GFNET_OK : error->code;
}

const char* gfnet_error_message(const gfnet_error* error) noexcept {
  return error == nullptr ? "" : error->message.c_str();
}

void gfnet_error_free(gfnet_error* error) noexcept {
  if (error != &gfnet::c::out_of_memory()) delete error;
}
