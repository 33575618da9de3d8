// Arm Mali with a command stream front end, kernel driver panthor, for PanVK: Mali-G310 and newer.
// Constants that no setting changes: Mesa's src/panfrost/drm-shim, which had them from a Mali-G610.
//
// SHIM_CHIP    upper half of the GPU's id, such as a867 for Mali-G610
// SHIM_CORE    core features             SHIM_CSREGS  registers of the command stream, in
// hexadecimal

#include "backend.h"
#include "panthor_drm.h"

enum { kPage = 65536 };

static void* page;

static void* map_registers(size_t size, int prot, int flags, off64_t offset) {
  (void)size;
  (void)prot;
  (void)flags;
  (void)offset;
  return page;
}

// A driver asks twice: first for the size of the answer, then for the answer.
static int reply(struct drm_panthor_dev_query* question, const void* answer, unsigned size) {
  if (!question->pointer) {
    question->size = size;
  } else {
    copy_answer((void*)(uintptr_t)question->pointer, question->size, answer, size);
  }
  return 0;
}

static int gpu(struct drm_panthor_dev_query* question) {
  const struct drm_panthor_gpu_info answer = {
      .gpu_id = (uint32_t)hex_setting("SHIM_CHIP", 0xa867) << 16,
      .csf_id = 0x40a0412,
      .l2_features = 0x7120306,
      .tiler_features = 0x809,
      .mem_features = 0x301,
      .mmu_features = 0x2830,
      .thread_features = 0x4010000,
      .max_threads = 2048,
      .thread_max_workgroup_size = 1024,
      .thread_max_barrier_size = 1024,
      .texture_features = {0xc1ffff9e, ~0u, ~0u, ~0u},
      .as_present = 0xff,
      .selected_coherency = 31,
      .shader_present = 0x50005,
      .l2_present = 1,
      .tiler_present = 1,
      .core_features = hex_setting("SHIM_CORE", 0),
  };
  return reply(question, &answer, sizeof answer);
}

static int command_stream(struct drm_panthor_dev_query* question) {
  const struct drm_panthor_csif_info answer = {.csg_slot_count = 8,
                                               .cs_slot_count = 8,
                                               .cs_reg_count = hex_setting("SHIM_CSREGS", 0x60),
                                               .scoreboard_slot_count = 8,
                                               .unpreserved_cs_reg_count = 4};
  return reply(question, &answer, sizeof answer);
}

static int query(int fd, unsigned long request, void* arg) {
  (void)fd;
  (void)request;
  struct drm_panthor_dev_query* question = arg;
  const struct drm_panthor_timestamp_info clock = {.timestamp_frequency = 24000000};
  const struct drm_panthor_group_priorities_info priorities = {
      .allowed_mask = 1 << PANTHOR_GROUP_PRIORITY_LOW | 1 << PANTHOR_GROUP_PRIORITY_MEDIUM};
  switch (question->type) {
    case DRM_PANTHOR_DEV_QUERY_GPU_INFO:
      return gpu(question);
    case DRM_PANTHOR_DEV_QUERY_CSIF_INFO:
      return command_stream(question);
    case DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO:
      return reply(question, &clock, sizeof clock);
    case DRM_PANTHOR_DEV_QUERY_GROUP_PRIORITIES_INFO:
      return reply(question, &priorities, sizeof priorities);
    default:
      return refuse(EINVAL);
  }
}

static int create(int fd, unsigned long request, void* arg) {
  (void)request;
  struct drm_panthor_bo_create* wanted = arg;
  wanted->handle = create_buffer(fd, wanted->size);
  return wanted->handle ? 0 : refuse(ENOMEM);
}

static int map(int fd, unsigned long request, void* arg) {
  (void)request;
  struct drm_panthor_bo_mmap_offset* wanted = arg;
  wanted->offset = offset_of_buffer(fd, wanted->handle);
  return 0;
}

static int create_space(int fd, unsigned long request, void* arg) {
  (void)fd;
  (void)request;
  struct drm_panthor_vm_create* wanted = arg;
  wanted->id = 1;
  if (!wanted->user_va_range) wanted->user_va_range = 1ull << 47;
  return 0;
}

static int create_group(int fd, unsigned long request, void* arg) {
  (void)fd;
  (void)request;
  static unsigned count;
  ((struct drm_panthor_group_create*)arg)->group_handle = ++count;
  return 0;
}

static int create_heap(int fd, unsigned long request, void* arg) {
  (void)fd;
  (void)request;
  static unsigned count;
  struct drm_panthor_tiler_heap_create* wanted = arg;
  wanted->handle = ++count;
  wanted->tiler_heap_ctx_gpu_va = wanted->first_heap_chunk_gpu_va = 0x100000;
  return 0;
}

static ioctl_fn_t handlers[] = {
    [DRM_PANTHOR_DEV_QUERY] = query,
    [DRM_PANTHOR_VM_CREATE] = create_space,
    [DRM_PANTHOR_VM_DESTROY] = do_nothing,
    [DRM_PANTHOR_VM_BIND] = do_nothing,
    [DRM_PANTHOR_VM_GET_STATE] = do_nothing,
    [DRM_PANTHOR_BO_CREATE] = create,
    [DRM_PANTHOR_BO_MMAP_OFFSET] = map,
    [DRM_PANTHOR_GROUP_CREATE] = create_group,
    [DRM_PANTHOR_GROUP_DESTROY] = do_nothing,
    [DRM_PANTHOR_GROUP_SUBMIT] = do_nothing,
    [DRM_PANTHOR_GROUP_GET_STATE] = do_nothing,
    [DRM_PANTHOR_TILER_HEAP_CREATE] = create_heap,
    [DRM_PANTHOR_TILER_HEAP_DESTROY] = do_nothing,
    [DRM_PANTHOR_BO_SET_LABEL] = do_nothing,
    [DRM_PANTHOR_SET_USER_MMIO_OFFSET] = do_nothing,
    [DRM_PANTHOR_BO_SYNC] = do_nothing,
    [DRM_PANTHOR_BO_QUERY_INFO] = do_nothing,
};

void drm_shim_driver_init(void) {
  static const char* const kCompatible[] = {"arm,mali-valhall-csf", NULL};
  set_kernel_driver("panthor", DRM_BUS_PLATFORM, handlers, COUNT(handlers), 1, 5);
  page = mmap(NULL, kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  drm_shim_init_iomem_region(DRM_PANTHOR_USER_MMIO_OFFSET, kPage, map_registers);
  describe_platform_device("panthor", "/soc/mali", kCompatible);
}
