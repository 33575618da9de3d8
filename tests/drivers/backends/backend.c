#include "backend.h"

// The core asks whether the device takes the place of the machine's first one.
bool drm_shim_driver_prefers_first_render_node = true;

uint64_t hex_setting(const char* name, uint64_t otherwise) {
  const char* text = getenv(name);
  return text ? strtoull(text, NULL, 16) : otherwise;
}

unsigned number_setting(const char* name, unsigned otherwise) {
  const char* text = getenv(name);
  return text ? (unsigned)strtoul(text, NULL, 10) : otherwise;
}

int refuse(int error) {
  errno = error;
  return -1;
}

int do_nothing(int fd, unsigned long request, void* arg) {
  (void)fd;
  (void)request;
  (void)arg;
  return 0;
}

uint32_t create_buffer(int fd, uint64_t size) {
  struct shim_bo* buffer = calloc(1, sizeof *buffer);
  if (!buffer) return 0;
  // 64 KiB is the largest page of any driver.
  if (drm_shim_bo_init(buffer, (size + 0xffff) & ~0xffffull)) {
    free(buffer);
    return 0;
  }
  const uint32_t handle = drm_shim_bo_get_handle(drm_shim_fd_lookup(fd), buffer);
  drm_shim_bo_put(buffer);
  return handle;
}

uint64_t offset_of_buffer(int fd, uint32_t handle) {
  struct shim_fd* file = drm_shim_fd_lookup(fd);
  struct shim_bo* buffer = drm_shim_bo_lookup(file, handle);
  if (!buffer) return 0;
  const uint64_t offset = drm_shim_bo_get_mmap_offset(file, buffer);
  drm_shim_bo_put(buffer);
  return offset;
}

void copy_answer(void* to, size_t room, const void* answer, size_t size) {
  memset(to, 0, room);
  memcpy(to, answer, size < room ? size : room);
}

void set_kernel_driver(const char* name, int bus_type, ioctl_fn_t* handlers, int count, int major,
                       int minor) {
  shim_device.driver_name = name;
  shim_device.bus_type = bus_type;
  shim_device.driver_ioctls = handlers;
  shim_device.driver_ioctl_count = count;
  shim_device.version_major = major;
  shim_device.version_minor = minor;
}

void describe_pci_device(const char* kernel_driver, unsigned vendor, unsigned device,
                         unsigned revision, const char* slot) {
  const char* const path = "/sys/dev/char/%d:%d/device/%s";
  char text[256];
  snprintf(text, sizeof text,
           "DRIVER=%s\nPCI_CLASS=30000\nPCI_ID=%x:%x\nPCI_SUBSYS_ID=%x:%x\nPCI_SLOT_NAME=%s\n",
           kernel_driver, vendor, device, vendor, device, slot);
  drm_shim_override_file(text, path, DRM_MAJOR, render_node_minor, "uevent");
  const struct {
    const char* name;
    unsigned value;
  } files[] = {{"vendor", vendor},
               {"device", device},
               {"subsystem_vendor", vendor},
               {"subsystem_device", device},
               {"revision", revision}};
  for (int i = 0; i < COUNT(files); ++i) {
    snprintf(text, sizeof text, "0x%x\n", files[i].value);
    drm_shim_override_file(text, path, DRM_MAJOR, render_node_minor, files[i].name);
  }
}

void describe_platform_device(const char* kernel_driver, const char* path,
                              const char* const* compatible) {
  char text[512];
  int length = snprintf(text, sizeof text, "DRIVER=%s\nOF_FULLNAME=%s\n", kernel_driver, path);
  int count = 0;
  for (; compatible[count]; ++count) {
    length += snprintf(text + length, sizeof text - length, "OF_COMPATIBLE_%d=%s\n", count,
                       compatible[count]);
  }
  snprintf(text + length, sizeof text - length, "OF_COMPATIBLE_N=%d\n", count);
  drm_shim_override_file(text, "/sys/dev/char/%d:%d/device/uevent", DRM_MAJOR, render_node_minor);
}
