#pragma once

// What the backends share. A backend answers the requests (ioctls) that one Vulkan driver sends to
// its kernel driver, so that the driver starts and compiles without hardware. It is linked with the
// core in Mesa's src/drm-shim into a library for LD_PRELOAD. The core handles files, buffers and
// mappings.
//
// A request's handler returns 0, or what refuse() returns. Values that differ between devices come
// from environment variables, which devices.tsv sets.

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "drm-shim/drm_shim.h"

/// The number of elements of an array.
#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

/// The environment variable `name` as a hexadecimal number. `otherwise` if it is not set.
uint64_t hex_setting(const char* name, uint64_t otherwise);
/// The environment variable `name` as a decimal number. `otherwise` if it is not set.
unsigned number_setting(const char* name, unsigned otherwise);

/// What the libc call ioctl returns for a request that fails: -1, with errno set to `error`.
int refuse(int error);
/// Handles a request that needs no answer.
int do_nothing(int fd, unsigned long request, void* arg);

/// Makes a buffer of at least `size` bytes. Returns its handle, or 0 if there is no memory.
uint32_t create_buffer(int fd, uint64_t size);
/// The offset at which the driver can map a buffer of this file. 0 if the handle is unknown.
uint64_t offset_of_buffer(int fd, uint32_t handle);

/// Copies an answer of `size` bytes to a driver that passed room for `room` bytes. The driver may
/// know a shorter or a longer version of the structure: bytes that it does not get are left out,
/// and further bytes are zero.
void copy_answer(void* to, size_t room, const void* answer, size_t size);

/// Tells the core which kernel driver this is, and how it handles the driver's own requests.
/// bus_type: DRM_BUS_PCI or DRM_BUS_PLATFORM.
void set_kernel_driver(const char* name, int bus_type, ioctl_fn_t* handlers, int count, int major,
                       int minor);
/// Makes the files below /sys in which libdrm looks up a PCI device. slot: such as "0000:01:00.0".
void describe_pci_device(const char* kernel_driver, unsigned vendor, unsigned device,
                         unsigned revision, const char* slot);
/// Makes the file below /sys in which libdrm looks up a device of a system on a chip. path: of its
/// node in the device tree. compatible: NULL at the end.
void describe_platform_device(const char* kernel_driver, const char* path,
                              const char* const* compatible);
