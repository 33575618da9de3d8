// AMD, kernel driver amdgpu, for RADV. Mesa's own backend (src/amd/drm-shim) holds the answers of
// real GPUs and picks one by AMDGPU_GPU_ID. This file runs it and changes what newer drivers need:
// a later version of the interface, and GPUs that the table lacks, made from a similar one.
//
// SHIM_DEVICE    PCI device id; default: that of the table
// SHIM_REV       PCI revision; default: that of the table
// SHIM_FAMILY    the chip's family (AMDGPU_FAMILY_…) and
// SHIM_CHIP      its number in the family (external revision), by which RADV tells chips apart
// SHIM_GFX       major version of the graphics block

#include "backend.h"
#include "drm-uapi/amdgpu_drm.h"

// Mesa's drm_shim_driver_init, renamed when it is compiled.
void mesa_driver_init(void);
void mesa_override_file(const char* contents, const char* path_format, ...);

static int (*mesa_info)(int fd, unsigned long request, void* arg);

// Mesa's backend describes one fixed PCI device in these files. describe_pci_device does it
// instead.
void mesa_override_file(const char* contents, const char* path_format, ...) {
  (void)contents;
  (void)path_format;
}

static void change_device(struct drm_amdgpu_info_device* device) {
  device->device_id = hex_setting("SHIM_DEVICE", device->device_id);
  device->pci_rev = hex_setting("SHIM_REV", device->pci_rev);
  device->family = hex_setting("SHIM_FAMILY", device->family);
  device->external_rev = hex_setting("SHIM_CHIP", device->external_rev);
}

static void change_block(struct drm_amdgpu_info_hw_ip* block) {
  const uint32_t major = hex_setting("SHIM_GFX", block->hw_ip_version_major);
  if (major == block->hw_ip_version_major) return;
  block->hw_ip_version_major = major;
  block->hw_ip_version_minor = 0;
  block->ip_discovery_version = major << 16;
}

static int info(int fd, unsigned long request, void* arg) {
  const struct drm_amdgpu_info* question = arg;
  const int status = mesa_info(fd, request, arg);
  if (status) return status;
  void* answer = (void*)(uintptr_t)question->return_pointer;
  if (question->query == AMDGPU_INFO_DEV_INFO) change_device(answer);
  if (question->query == AMDGPU_INFO_HW_IP_INFO) change_block(answer);
  return 0;
}

void drm_shim_driver_init(void) {
  mesa_driver_init();
  mesa_info = shim_device.driver_ioctls[DRM_AMDGPU_INFO];
  shim_device.driver_ioctls[DRM_AMDGPU_INFO] = info;
  shim_device.version_minor = 64;

  struct drm_amdgpu_info_device device = {0};
  struct drm_amdgpu_info question = {.return_pointer = (uintptr_t)&device,
                                     .return_size = sizeof device,
                                     .query = AMDGPU_INFO_DEV_INFO};
  info(-1, 0, &question);
  describe_pci_device("amdgpu", 0x1002, device.device_id, device.pci_rev, "0000:04:00.0");
}
