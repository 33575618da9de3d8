// Imagination PowerVR, kernel driver powervr, for Mesa's driver of the same name.
//
// SHIM_BVNC  branch, version, cores and configuration of the GPU, such as 36.53.104.796

#include "backend.h"
#include "pvr_drm.h"

/// The GPU's branch, version, cores and configuration, 16 bits each.
static uint64_t gpu_id(void) {
  const char* text = getenv("SHIM_BVNC");
  unsigned parts[4] = {36, 53, 104, 796};
  if (text) sscanf(text, "%u.%u.%u.%u", &parts[0], &parts[1], &parts[2], &parts[3]);
  uint64_t id = 0;
  for (int i = 0; i < 4; ++i) id = id << 16 | parts[i];
  return id;
}

// A driver asks twice: first for the size of the answer, then for the answer.
static int reply(struct drm_pvr_ioctl_dev_query_args* question, const void* answer, unsigned size) {
  if (!question->pointer) {
    question->size = size;
  } else {
    copy_answer((void*)(uintptr_t)question->pointer, question->size, answer, size);
  }
  return 0;
}

// An array lies behind a pointer of its own, and is asked for twice, too.
static void reply_array(struct drm_pvr_obj_array* array, const void* items, unsigned stride,
                        unsigned count) {
  if (!array->array || array->count == 0) {
    array->count = count;
    array->stride = stride;
    return;
  }
  if (array->count > count) array->count = count;
  for (unsigned i = 0; i < array->count; ++i) {
    copy_answer((char*)(uintptr_t)array->array + i * array->stride, array->stride,
                (const char*)items + i * stride, stride);
  }
}

static int heaps(struct drm_pvr_ioctl_dev_query_args* question) {
  // Addresses: those of the kernel driver (drivers/gpu/drm/imagination).
  static const struct drm_pvr_heap kHeaps[DRM_PVR_HEAP_COUNT] = {
      [DRM_PVR_HEAP_GENERAL] = {0x8000000000, 0x4000000000, 0, 12},
      [DRM_PVR_HEAP_PDS_CODE_DATA] = {0xDA00000000, 0x100000000, 0, 12},
      [DRM_PVR_HEAP_USC_CODE] = {0xE000000000, 0x100000000, 0, 12},
      [DRM_PVR_HEAP_RGNHDR] = {0xDBF0000000, 0x10000000, 0, 12},
      [DRM_PVR_HEAP_VIS_TEST] = {0xE800000000, 0x100000000, 0, 12},
      [DRM_PVR_HEAP_TRANSFER_FRAG] = {0xE400000000, 0x100000000, 0, 12},
  };
  struct drm_pvr_dev_query_heap_info* answer = (void*)(uintptr_t)question->pointer;
  if (!answer) return reply(question, NULL, sizeof *answer);
  reply_array(&answer->heaps, kHeaps, sizeof *kHeaps, COUNT(kHeaps));
  return 0;
}

static int data_areas(struct drm_pvr_ioctl_dev_query_args* question) {
  static const struct drm_pvr_static_data_area kAreas[] = {
      {DRM_PVR_STATIC_DATA_AREA_FENCE, DRM_PVR_HEAP_GENERAL, 128, 0},
      {DRM_PVR_STATIC_DATA_AREA_YUV_CSC, DRM_PVR_HEAP_GENERAL, 1024, 128},
      {DRM_PVR_STATIC_DATA_AREA_VDM_SYNC, DRM_PVR_HEAP_PDS_CODE_DATA, 128, 0},
      {DRM_PVR_STATIC_DATA_AREA_EOT, DRM_PVR_HEAP_PDS_CODE_DATA, 128, 128},
      {DRM_PVR_STATIC_DATA_AREA_EOT, DRM_PVR_HEAP_USC_CODE, 128, 0},
  };
  struct drm_pvr_dev_query_static_data_areas* answer = (void*)(uintptr_t)question->pointer;
  if (!answer) return reply(question, NULL, sizeof *answer);
  reply_array(&answer->static_data_areas, kAreas, sizeof *kAreas, COUNT(kAreas));
  return 0;
}

static int query(int fd, unsigned long request, void* arg) {
  (void)fd;
  (void)request;
  struct drm_pvr_ioctl_dev_query_args* question = arg;
  const struct drm_pvr_dev_query_gpu_info gpu = {.gpu_id = gpu_id(), .num_phantoms = 1};
  const struct drm_pvr_dev_query_runtime_info runtime = {.free_list_min_pages = 64,
                                                         .free_list_max_pages = 262144,
                                                         .common_store_alloc_region_size = 1024,
                                                         .common_store_partition_space_size = 4096,
                                                         .max_coeffs = 1024,
                                                         .cdm_max_local_mem_size_regs = 4096};
  const struct drm_pvr_dev_query_quirks no_quirks = {0};
  const struct drm_pvr_dev_query_enhancements no_enhancements = {0};
  switch ((enum drm_pvr_dev_query)question->type) {
    case DRM_PVR_DEV_QUERY_GPU_INFO_GET:
      return reply(question, &gpu, sizeof gpu);
    case DRM_PVR_DEV_QUERY_RUNTIME_INFO_GET:
      return reply(question, &runtime, sizeof runtime);
    case DRM_PVR_DEV_QUERY_QUIRKS_GET:
      return reply(question, &no_quirks, sizeof no_quirks);
    case DRM_PVR_DEV_QUERY_ENHANCEMENTS_GET:
      return reply(question, &no_enhancements, sizeof no_enhancements);
    case DRM_PVR_DEV_QUERY_HEAP_INFO_GET:
      return heaps(question);
    case DRM_PVR_DEV_QUERY_STATIC_DATA_AREAS_GET:
      return data_areas(question);
    default:
      return refuse(EINVAL);
  }
}

static int create(int fd, unsigned long request, void* arg) {
  (void)request;
  struct drm_pvr_ioctl_create_bo_args* wanted = arg;
  wanted->handle = create_buffer(fd, wanted->size);
  return wanted->handle ? 0 : refuse(ENOMEM);
}

static int map(int fd, unsigned long request, void* arg) {
  (void)request;
  struct drm_pvr_ioctl_get_bo_mmap_offset_args* wanted = arg;
  wanted->offset = offset_of_buffer(fd, wanted->handle);
  return 0;
}

static int create_space(int fd, unsigned long request, void* arg) {
  (void)fd;
  (void)request;
  ((struct drm_pvr_ioctl_create_vm_context_args*)arg)->handle = 1;
  return 0;
}

static int create_context(int fd, unsigned long request, void* arg) {
  (void)fd;
  (void)request;
  static unsigned count;
  ((struct drm_pvr_ioctl_create_context_args*)arg)->handle = ++count;
  return 0;
}

static int create_free_list(int fd, unsigned long request, void* arg) {
  (void)fd;
  (void)request;
  static unsigned count;
  ((struct drm_pvr_ioctl_create_free_list_args*)arg)->handle = ++count;
  return 0;
}

static int create_dataset(int fd, unsigned long request, void* arg) {
  (void)fd;
  (void)request;
  static unsigned count;
  ((struct drm_pvr_ioctl_create_hwrt_dataset_args*)arg)->handle = ++count;
  return 0;
}

/// The place of a request in the table of handlers.
#define NUMBER(request) (_IOC_NR(DRM_IOCTL_PVR_##request) - DRM_COMMAND_BASE)

static ioctl_fn_t handlers[] = {
    [NUMBER(DEV_QUERY)] = query,
    [NUMBER(CREATE_BO)] = create,
    [NUMBER(GET_BO_MMAP_OFFSET)] = map,
    [NUMBER(CREATE_VM_CONTEXT)] = create_space,
    [NUMBER(DESTROY_VM_CONTEXT)] = do_nothing,
    [NUMBER(VM_MAP)] = do_nothing,
    [NUMBER(VM_UNMAP)] = do_nothing,
    [NUMBER(CREATE_CONTEXT)] = create_context,
    [NUMBER(DESTROY_CONTEXT)] = do_nothing,
    [NUMBER(CREATE_FREE_LIST)] = create_free_list,
    [NUMBER(DESTROY_FREE_LIST)] = do_nothing,
    [NUMBER(CREATE_HWRT_DATASET)] = create_dataset,
    [NUMBER(DESTROY_HWRT_DATASET)] = do_nothing,
    [NUMBER(SUBMIT_JOBS)] = do_nothing,
};

void drm_shim_driver_init(void) {
  static const char* const kCompatible[] = {"ti,j721s2-gpu", "img,img-bxs-4-64", "img,img-rogue",
                                            NULL};
  set_kernel_driver("powervr", DRM_BUS_PLATFORM, handlers, COUNT(handlers), 1, 0);
  describe_platform_device("powervr", "/soc/gpu", kCompatible);
}
