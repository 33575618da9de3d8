// Apple, kernel driver asahi, for Honeykrisp.
//
// SHIM_CHIP  the system's number: 8103 for M1, 6001 for M1 Max, 8112 for M2, 6022 for M2 Ultra, …

#include "asahi_drm.h"
#include "backend.h"

struct Chip {
  unsigned id;
  unsigned generation;
  char variant;
  unsigned dies, clusters, cores_in_cluster;
};
static const struct Chip kChips[] = {
    {0x8103, 13, 'G', 1, 1, 8},  {0x6000, 13, 'S', 1, 2, 8},  {0x6001, 13, 'C', 1, 4, 8},
    {0x6002, 13, 'D', 2, 8, 8},  {0x8112, 14, 'G', 1, 1, 10}, {0x6020, 14, 'S', 1, 2, 10},
    {0x6021, 14, 'C', 1, 4, 10}, {0x6022, 14, 'D', 2, 8, 10},
};

static const struct Chip* chip(void) {
  const unsigned id = hex_setting("SHIM_CHIP", kChips[0].id);
  for (int i = 0; i < COUNT(kChips); ++i) {
    if (kChips[i].id == id) return &kChips[i];
  }
  fprintf(stderr, "asahi: no chip %x\n", id);
  abort();
}

static int parameters(int fd, unsigned long request, void* arg) {
  (void)fd;
  (void)request;
  const struct drm_asahi_get_params* question = arg;
  struct drm_asahi_params_global answer = {
      .features = 1,
      .gpu_generation = chip()->generation,
      .gpu_variant = chip()->variant,
      .gpu_revision = 0x10,
      .chip_id = chip()->id,
      .num_dies = chip()->dies,
      .num_clusters_total = chip()->clusters,
      .num_cores_per_cluster = chip()->cores_in_cluster,
      .max_frequency_khz = 1278000,
      .vm_start = 0x100000000,
      .vm_end = 0x7000000000,
      .vm_kernel_min_size = 0x1000000000,
      .max_commands_per_submission = 64,
      .max_attachments = 16,
      .command_timestamp_frequency_hz = 24000000,
  };
  for (unsigned i = 0; i < chip()->clusters; ++i) {
    answer.core_masks[i] = (1u << chip()->cores_in_cluster) - 1;
  }
  copy_answer((void*)(uintptr_t)question->pointer, question->size, &answer, sizeof answer);
  return 0;
}

static int create(int fd, unsigned long request, void* arg) {
  (void)request;
  struct drm_asahi_gem_create* wanted = arg;
  wanted->handle = create_buffer(fd, wanted->size);
  return wanted->handle ? 0 : refuse(ENOMEM);
}

static int map(int fd, unsigned long request, void* arg) {
  (void)request;
  struct drm_asahi_gem_mmap_offset* wanted = arg;
  wanted->offset = offset_of_buffer(fd, wanted->handle);
  return 0;
}

static int create_space(int fd, unsigned long request, void* arg) {
  (void)fd;
  (void)request;
  ((struct drm_asahi_vm_create*)arg)->vm_id = 1;
  return 0;
}

static int bind_object(int fd, unsigned long request, void* arg) {
  (void)fd;
  (void)request;
  ((struct drm_asahi_gem_bind_object*)arg)->object_handle = 1;
  return 0;
}

static ioctl_fn_t handlers[] = {
    [DRM_ASAHI_GET_PARAMS] = parameters,   [DRM_ASAHI_GET_TIME] = do_nothing,
    [DRM_ASAHI_VM_CREATE] = create_space,  [DRM_ASAHI_VM_DESTROY] = do_nothing,
    [DRM_ASAHI_VM_BIND] = do_nothing,      [DRM_ASAHI_GEM_CREATE] = create,
    [DRM_ASAHI_GEM_MMAP_OFFSET] = map,     [DRM_ASAHI_GEM_BIND_OBJECT] = bind_object,
    [DRM_ASAHI_QUEUE_CREATE] = do_nothing, [DRM_ASAHI_QUEUE_DESTROY] = do_nothing,
    [DRM_ASAHI_SUBMIT] = do_nothing,
};

void drm_shim_driver_init(void) {
  static const char* const kCompatible[] = {"apple,agx-g13g", NULL};
  set_kernel_driver("asahi", DRM_BUS_PLATFORM, handlers, COUNT(handlers), 0, 0);
  describe_platform_device("asahi", "/soc/agx", kCompatible);
}
