// Broadcom VideoCore of the Raspberry Pi 4 and 5, kernel driver v3d, for V3DV.
//
// SHIM_CHIP  version: 42 or 71

#include "backend.h"
#include "v3d_drm.h"

static bool is_version_7(void) { return hex_setting("SHIM_CHIP", 0x42) == 0x71; }

// The values of identity registers, as a Raspberry Pi 4 and 5 hold them.
static int parameter(int fd, unsigned long request, void* arg) {
  (void)fd;
  (void)request;
  struct drm_v3d_get_param* question = arg;
  switch (question->param) {
    case DRM_V3D_PARAM_V3D_UIFCFG:
      question->value = 0x45;
      return 0;
    case DRM_V3D_PARAM_V3D_HUB_IDENT1:
      question->value = is_version_7() ? 0x000e1137 : 0x000e1124;
      return 0;
    case DRM_V3D_PARAM_V3D_HUB_IDENT2:
      question->value = 0x100;
      return 0;
    case DRM_V3D_PARAM_V3D_HUB_IDENT3:
      question->value = is_version_7() ? 0x00010700 : 0x00000e00;
      return 0;
    case DRM_V3D_PARAM_V3D_CORE0_IDENT0:
      question->value = is_version_7() ? 0x07443356 : 0x04443356;
      return 0;
    case DRM_V3D_PARAM_V3D_CORE0_IDENT1:
      question->value = is_version_7() ? 0x81001431 : 0x81001422;
      return 0;
    case DRM_V3D_PARAM_V3D_CORE0_IDENT2:
      question->value = 0x40078121;
      return 0;
    case DRM_V3D_PARAM_SUPPORTS_TFU:
    case DRM_V3D_PARAM_SUPPORTS_CSD:
    case DRM_V3D_PARAM_SUPPORTS_CACHE_FLUSH:
    case DRM_V3D_PARAM_SUPPORTS_MULTISYNC_EXT:
    case DRM_V3D_PARAM_SUPPORTS_CPU_QUEUE:
      question->value = 1;
      return 0;
    default:
      question->value = 0;
      return 0;
  }
}

static int create(int fd, unsigned long request, void* arg) {
  (void)request;
  static uint32_t next_address = 0x10000;
  struct drm_v3d_create_bo* wanted = arg;
  wanted->handle = create_buffer(fd, wanted->size);
  wanted->offset = next_address;
  next_address += (wanted->size + 0xfff) & ~0xfffu;
  return wanted->handle ? 0 : refuse(ENOMEM);
}

static int map(int fd, unsigned long request, void* arg) {
  (void)request;
  struct drm_v3d_mmap_bo* wanted = arg;
  wanted->offset = offset_of_buffer(fd, wanted->handle);
  return 0;
}

static ioctl_fn_t handlers[] = {
    [DRM_V3D_SUBMIT_CL] = do_nothing,  [DRM_V3D_WAIT_BO] = do_nothing,
    [DRM_V3D_CREATE_BO] = create,      [DRM_V3D_MMAP_BO] = map,
    [DRM_V3D_GET_PARAM] = parameter,   [DRM_V3D_GET_BO_OFFSET] = do_nothing,
    [DRM_V3D_SUBMIT_TFU] = do_nothing, [DRM_V3D_SUBMIT_CSD] = do_nothing,
    [DRM_V3D_SUBMIT_CPU] = do_nothing,
};

void drm_shim_driver_init(void) {
  static const char* const kCompatible[] = {"brcm,2711-v3d", NULL};
  set_kernel_driver("v3d", DRM_BUS_PLATFORM, handlers, COUNT(handlers), 1, 0);
  describe_platform_device("v3d", "/rdb/v3d", kCompatible);
}
