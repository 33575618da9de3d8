#include <gfnet/error.h>

#include <cerrno>
#include <cstring>
#include <exception>
#include <string>

#include "binding.h"
#include "process.h"

namespace binding {
namespace {

/// A new exception of the class gfnet.errors.NAME with this message.
nb::object error_of(const char* name, const char* message) {
  return nb::module_::import_("gfnet.errors").attr(name)(message);
}

void raise(const nb::object& error) { PyErr_SetObject(error.type().ptr(), error.ptr()); }

/// Whether a FormatError is about a file that is not there: of an image, and of a checkpoint.
bool is_missing(const gfnet::FormatError& error) {
  const std::string cause = error.cause();
  return cause == "no such file" || cause.ends_with("No such file or directory");
}

nb::object format_error(const gfnet::FormatError& error) {
  nb::object result =
      error_of(is_missing(error) ? "MissingFileError" : "FormatError", error.what());
  result.attr("path") =
      nb::steal(PyUnicode_DecodeFSDefault(error.path().c_str()));  // any bytes, as os.fsdecode
  result.attr("cause") = error.cause();
  if (is_missing(error)) {
    result.attr("errno") = ENOENT;
    result.attr("strerror") = std::strerror(ENOENT);
    result.attr("filename") = result.attr("path");
  }
  result.attr("tensor") = error.tensor();
  if (error.offset() != gfnet::FormatError::kNoOffset) result.attr("offset") = error.offset();
  return result;
}

nb::object vulkan_error(const gfnet::VulkanError& error) {
  nb::object result = error_of("VulkanError", error.what());
  result.attr("result") = error.result();
  result.attr("is_out_of_memory") = error.is_out_of_memory();
  result.attr("is_device_lost") = error.is_device_lost();
  return result;
}

void translate(const std::exception_ptr& thrown, void*) {
  try {
    std::rethrow_exception(thrown);
  } catch (const gfnet::FormatError& error) {
    raise(format_error(error));
  } catch (const gfnet::ArgumentError& error) {
    raise(error_of("ArgumentError", error.what()));
  } catch (const gfnet::TooLargeError& error) {
    raise(error_of("TooLargeError", error.what()));
  } catch (const gfnet::UnsupportedError& error) {
    raise(error_of("UnsupportedError", error.what()));
  } catch (const gfnet::NoDeviceError& error) {
    raise(error_of("NoDeviceError", error.what()));
  } catch (const gfnet::VulkanError& error) {
    raise(vulkan_error(error));
  } catch (const ForkError& error) {
    raise(error_of("ForkError", error.what()));
  } catch (const gfnet::Error& error) {
    raise(error_of("Error", error.what()));
  }
}

}  // namespace

void add_errors() { nb::register_exception_translator(translate); }

}  // namespace binding
