#pragma once

#include <nanobind/nanobind.h>

/// The parts of the extension module gfnet._gfnet, one function for each file.
namespace binding {

namespace nb = nanobind;

/// Turns the engine's exceptions into those of gfnet.errors, which must be importable.
void add_errors();
/// Model, and the zoo.
void add_model(nb::module_& module);
/// Session: a model on a device.
void add_session(nb::module_& module);
/// Devices, and whether they compute what they should.
void add_devices(nb::module_& module);
/// Drawings: PNG files, heat maps over images, sheets of filters.
void add_drawings(nb::module_& module);
/// The command, for a process that does nothing else.
void add_command(nb::module_& module);
/// The end of the interpreter, where calls may still run.
void add_calls(nb::module_& module);

}  // namespace binding
