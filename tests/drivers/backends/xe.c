// Intel, kernel driver xe, for ANV: Tiger Lake and newer.
//
// SHIM_DEVICE  PCI device id          SHIM_IP  version of the graphics block, two digits each part
// SHIM_DSS     dual subslices, or Xe cores      SHIM_EU  execution units in each of them
// SHIM_VRAM    set: the device has its own memory

#include "backend.h"
#include "xe_drm.h"

enum { kRevision = 4 };

static unsigned device_id(void) { return hex_setting("SHIM_DEVICE", 0xe20b); }
static unsigned ip_version(void) { return hex_setting("SHIM_IP", 0x1401); }
static unsigned units(void) { return number_setting("SHIM_EU", 8); }
static bool has_own_memory(void) { return getenv("SHIM_VRAM") != NULL; }

// A driver asks twice: first for the size of the answer, then for the answer.
static int reply(struct drm_xe_device_query* question, const void* answer, unsigned size) {
  if (question->size == 0) {
    question->size = size;
    return 0;
  }
  if (question->size < size) return refuse(EINVAL);
  memcpy((void*)(uintptr_t)question->data, answer, size);
  return 0;
}

static int engines(struct drm_xe_device_query* question) {
  static const unsigned kClasses[] = {DRM_XE_ENGINE_CLASS_RENDER, DRM_XE_ENGINE_CLASS_COPY,
                                      DRM_XE_ENGINE_CLASS_COMPUTE};
  struct {
    struct drm_xe_query_engines head;
    struct drm_xe_engine engines[COUNT(kClasses)];
  } answer = {.head = {.num_engines = COUNT(kClasses)}};
  for (int i = 0; i < COUNT(kClasses); ++i) {
    answer.engines[i].instance.engine_class = kClasses[i];
  }
  return reply(question, &answer, sizeof answer);
}

static int memory(struct drm_xe_device_query* question) {
  struct {
    struct drm_xe_query_mem_regions head;
    struct drm_xe_mem_region regions[2];
  } answer = {.head = {.num_mem_regions = has_own_memory() ? 2 : 1},
              .regions = {{.mem_class = DRM_XE_MEM_REGION_CLASS_SYSMEM,
                           .min_page_size = 4096,
                           .total_size = 16ull << 30},
                          {.mem_class = DRM_XE_MEM_REGION_CLASS_VRAM,
                           .instance = 1,
                           .min_page_size = 65536,
                           .total_size = 12ull << 30,
                           .cpu_visible_size = 12ull << 30}}};
  return reply(question, &answer,
               sizeof answer.head + answer.head.num_mem_regions * sizeof *answer.regions);
}

static int config(struct drm_xe_device_query* question) {
  struct {
    struct drm_xe_query_config head;
    uint64_t info[5];
  } answer = {.head = {.num_params = 5}};
  answer.info[DRM_XE_QUERY_CONFIG_REV_AND_DEVICE_ID] = device_id() | kRevision << 16;
  answer.info[DRM_XE_QUERY_CONFIG_FLAGS] =
      DRM_XE_QUERY_CONFIG_FLAG_HAS_LOW_LATENCY |
      (has_own_memory() ? DRM_XE_QUERY_CONFIG_FLAG_HAS_VRAM : 0);
  answer.info[DRM_XE_QUERY_CONFIG_MIN_ALIGNMENT] = has_own_memory() ? 65536 : 4096;
  answer.info[DRM_XE_QUERY_CONFIG_VA_BITS] = 48;
  answer.info[DRM_XE_QUERY_CONFIG_MAX_EXEC_QUEUE_PRIORITY] = 2;
  return reply(question, &answer, sizeof answer);
}

static int graphics_blocks(struct drm_xe_device_query* question) {
  struct {
    struct drm_xe_query_gt_list head;
    struct drm_xe_gt block;
  } answer = {.head = {.num_gt = 1},
              .block = {.reference_clock = 19200000,
                        .near_mem_regions = has_own_memory() ? 2 : 1,
                        .ip_ver_major = ip_version() >> 8,
                        .ip_ver_minor = ip_version() & 0xff,
                        .ip_ver_rev = kRevision}};
  return reply(question, &answer, sizeof answer);
}

static int topology(struct drm_xe_device_query* question) {
  const unsigned cores = number_setting("SHIM_DSS", 20);
  const struct {
    int type;
    unsigned bits;
    unsigned bytes;
  } masks[] = {{DRM_XE_TOPO_DSS_GEOMETRY, cores, 8},
               {DRM_XE_TOPO_DSS_COMPUTE, cores, 8},
               {DRM_XE_TOPO_L3_BANK, 8, 8},
               {ip_version() >= 0x1400 ? DRM_XE_TOPO_SIMD16_EU_PER_DSS : DRM_XE_TOPO_EU_PER_DSS,
                units(), 4}};
  unsigned char answer[256] = {0};
  unsigned size = 0;
  for (int i = 0; i < COUNT(masks); ++i) {
    const struct drm_xe_query_topology_mask head = {.type = masks[i].type,
                                                    .num_bytes = masks[i].bytes};
    memcpy(answer + size, &head, sizeof head);
    size += sizeof head;
    for (unsigned bit = 0; bit < masks[i].bits; ++bit) answer[size + bit / 8] |= 1u << (bit % 8);
    size += masks[i].bytes;
  }
  return reply(question, answer, size);
}

// Keys and their meaning: Mesa's src/intel/dev/intel_hwconfig_types.h. Sizes of thread and URB
// pools are those that Mesa's tables (src/intel/dev) give for Xe2.
static int hardware_config(struct drm_xe_device_query* question) {
  const uint32_t values[][2] = {{1, 8},        {2, 32},    {3, units()}, {15, 8},   {16, 832},
                                {17, 832},     {18, 832},  {19, 832},    {21, 128}, {29, 64},
                                {30, 4096},    {33, 0},    {34, 1024},   {35, 2},   {36, 1024},
                                {37, 34},      {38, 4096}, {65, 128},    {68, 768}, {70, 32},
                                {71, units()}, {73, 128}};
  uint32_t answer[COUNT(values)][3];
  for (int i = 0; i < COUNT(values); ++i) {
    answer[i][0] = values[i][0];
    answer[i][1] = 1;  // the value's length in words
    answer[i][2] = values[i][1];
  }
  return reply(question, answer, sizeof answer);
}

static int query(int fd, unsigned long request, void* arg) {
  (void)fd;
  (void)request;
  struct drm_xe_device_query* question = arg;
  switch (question->query) {
    case DRM_XE_DEVICE_QUERY_ENGINES:
      return engines(question);
    case DRM_XE_DEVICE_QUERY_MEM_REGIONS:
      return memory(question);
    case DRM_XE_DEVICE_QUERY_CONFIG:
      return config(question);
    case DRM_XE_DEVICE_QUERY_GT_LIST:
      return graphics_blocks(question);
    case DRM_XE_DEVICE_QUERY_GT_TOPOLOGY:
      return topology(question);
    case DRM_XE_DEVICE_QUERY_HWCONFIG:
      return hardware_config(question);
    default:
      return refuse(EINVAL);
  }
}

static int create(int fd, unsigned long request, void* arg) {
  (void)request;
  struct drm_xe_gem_create* wanted = arg;
  wanted->handle = create_buffer(fd, wanted->size);
  return wanted->handle ? 0 : refuse(ENOMEM);
}

static int map(int fd, unsigned long request, void* arg) {
  (void)request;
  struct drm_xe_gem_mmap_offset* wanted = arg;
  wanted->offset = offset_of_buffer(fd, wanted->handle);
  return 0;
}

static int create_space(int fd, unsigned long request, void* arg) {
  (void)fd;
  (void)request;
  ((struct drm_xe_vm_create*)arg)->vm_id = 1;
  return 0;
}

static int create_queue(int fd, unsigned long request, void* arg) {
  (void)fd;
  (void)request;
  static unsigned count;
  ((struct drm_xe_exec_queue_create*)arg)->exec_queue_id = ++count;
  return 0;
}

static int queue_property(int fd, unsigned long request, void* arg) {
  (void)fd;
  (void)request;
  ((struct drm_xe_exec_queue_get_property*)arg)->value = 0;
  return 0;
}

static ioctl_fn_t handlers[] = {
    [DRM_XE_DEVICE_QUERY] = query,
    [DRM_XE_GEM_CREATE] = create,
    [DRM_XE_GEM_MMAP_OFFSET] = map,
    [DRM_XE_VM_CREATE] = create_space,
    [DRM_XE_VM_DESTROY] = do_nothing,
    [DRM_XE_VM_BIND] = do_nothing,
    [DRM_XE_EXEC_QUEUE_CREATE] = create_queue,
    [DRM_XE_EXEC_QUEUE_DESTROY] = do_nothing,
    [DRM_XE_EXEC_QUEUE_GET_PROPERTY] = queue_property,
    [DRM_XE_EXEC] = do_nothing,
    [DRM_XE_WAIT_USER_FENCE] = do_nothing,
};

void drm_shim_driver_init(void) {
  set_kernel_driver("xe", DRM_BUS_PCI, handlers, COUNT(handlers), 1, 1);
  describe_pci_device("xe", 0x8086, device_id(), 0, "0000:00:02.0");
}
