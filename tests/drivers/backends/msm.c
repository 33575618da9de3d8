// Qualcomm Adreno, kernel driver msm, for Turnip.
//
// SHIM_CHIP  chip id, such as 06050000 for Adreno 650

#include "backend.h"
#include "msm_drm.h"

static uint64_t chip_id(void) { return hex_setting("SHIM_CHIP", 0x06060001); }

// The number by which chips before Adreno 8xx were named: 650 for chip 06.05.00.00. Newer ones have
// 0.
static uint64_t gpu_id(void) {
  const uint64_t chip = chip_id();
  const unsigned core = chip >> 24 & 0xff;
  if (core >= 8) return 0;
  return core * 100 + (chip >> 16 & 0xff) * 10 + (chip >> 8 & 0xff);
}

static int parameter(int fd, unsigned long request, void* arg) {
  (void)fd;
  (void)request;
  struct drm_msm_param* question = arg;
  switch (question->param) {
    case MSM_PARAM_GPU_ID:
      question->value = gpu_id();
      return 0;
    case MSM_PARAM_CHIP_ID:
      question->value = chip_id();
      return 0;
    case MSM_PARAM_GMEM_SIZE:
      question->value = 2 << 20;
      return 0;
    case MSM_PARAM_GMEM_BASE:
      question->value = 0x100000;
      return 0;
    case MSM_PARAM_MAX_FREQ:
      question->value = 1000000;
      return 0;
    case MSM_PARAM_NR_RINGS:
    case MSM_PARAM_PP_PGTABLE:
    case MSM_PARAM_RAYTRACING:
    case MSM_PARAM_MACROTILE_MODE:
      question->value = 1;
      return 0;
    case MSM_PARAM_TIMESTAMP:
    case MSM_PARAM_FAULTS:
    case MSM_PARAM_SUSPENDS:
      question->value = 0;
      return 0;
    case MSM_PARAM_VA_START:
    case MSM_PARAM_VA_SIZE:
      question->value = 1ull << 32;
      return 0;
    case MSM_PARAM_HIGHEST_BANK_BIT:
      question->value = 15;
      return 0;
    case MSM_PARAM_UBWC_SWIZZLE:
      question->value = 6;
      return 0;
    case MSM_PARAM_UCHE_TRAP_BASE:
      question->value = 0x1fffffffff000ull;
      return 0;
    default:
      return refuse(EINVAL);
  }
}

static int set_parameter(int fd, unsigned long request, void* arg) {
  (void)fd;
  (void)request;
  const struct drm_msm_param* wanted = arg;
  return wanted->param == MSM_PARAM_EN_VM_BIND ? refuse(EINVAL) : 0;
}

static int create(int fd, unsigned long request, void* arg) {
  (void)request;
  struct drm_msm_gem_new* wanted = arg;
  wanted->handle = create_buffer(fd, wanted->size);
  return wanted->handle ? 0 : refuse(ENOMEM);
}

static int buffer_info(int fd, unsigned long request, void* arg) {
  (void)request;
  struct drm_msm_gem_info* question = arg;
  if (question->info == MSM_INFO_GET_OFFSET || question->info == MSM_INFO_GET_IOVA) {
    question->value = offset_of_buffer(fd, question->handle);
    return question->value ? 0 : refuse(ENOENT);
  }
  return 0;
}

static int advise(int fd, unsigned long request, void* arg) {
  (void)fd;
  (void)request;
  ((struct drm_msm_gem_madvise*)arg)->retained = 1;
  return 0;
}

static ioctl_fn_t handlers[] = {
    [DRM_MSM_GET_PARAM] = parameter,
    [DRM_MSM_SET_PARAM] = set_parameter,
    [DRM_MSM_GEM_NEW] = create,
    [DRM_MSM_GEM_INFO] = buffer_info,
    [DRM_MSM_GEM_CPU_PREP] = do_nothing,
    [DRM_MSM_GEM_CPU_FINI] = do_nothing,
    [DRM_MSM_GEM_SUBMIT] = do_nothing,
    [DRM_MSM_GEM_MADVISE] = advise,
    [DRM_MSM_WAIT_FENCE] = do_nothing,
    [DRM_MSM_SUBMITQUEUE_NEW] = do_nothing,
    [DRM_MSM_SUBMITQUEUE_CLOSE] = do_nothing,
    [DRM_MSM_SUBMITQUEUE_QUERY] = do_nothing,
    [DRM_MSM_VM_BIND] = do_nothing,
};

void drm_shim_driver_init(void) {
  static const char* const kCompatible[] = {"qcom,adreno", NULL};
  set_kernel_driver("msm", DRM_BUS_PLATFORM, handlers, COUNT(handlers), 1, 12);
  describe_platform_device("msm", "/rdb/msm", kCompatible);
}
