// Intel, kernel driver i915, for ANV and HASVK: Ivy Bridge to Alchemist.
//
// SHIM_DEVICE  PCI device id          SHIM_GEN  generation, in decimal
// SHIM_SS      subslices              SHIM_EU   execution units in each of them

#include "backend.h"
#include "i915_drm.h"

static unsigned device_id(void) { return hex_setting("SHIM_DEVICE", 0x1912); }
static unsigned subslices(void) { return number_setting("SHIM_SS", 3); }
static unsigned units(void) { return number_setting("SHIM_EU", 8); }
static bool has_large_addresses(void) { return number_setting("SHIM_GEN", 9) >= 8; }
static uint64_t address_space(void) { return has_large_addresses() ? 1ull << 48 : 1ull << 31; }

static int parameter(int fd, unsigned long request, void* arg) {
  (void)fd;
  (void)request;
  const drm_i915_getparam_t* question = arg;
  switch (question->param) {
    case I915_PARAM_CHIPSET_ID:
      *question->value = device_id();
      return 0;
    case I915_PARAM_REVISION:
      *question->value = 6;
      return 0;
    case I915_PARAM_CS_TIMESTAMP_FREQUENCY:
      *question->value = 12000000;
      return 0;
    case I915_PARAM_HAS_ALIASING_PPGTT:
      *question->value = has_large_addresses() ? 3 : 1;
      return 0;
    case I915_PARAM_NUM_FENCES_AVAIL:
      *question->value = 8;
      return 0;
    case I915_PARAM_CMD_PARSER_VERSION:
      *question->value = 10;
      return 0;
    case I915_PARAM_MMAP_VERSION:
    case I915_PARAM_MMAP_GTT_VERSION:
      *question->value = 4;
      return 0;
    case I915_PARAM_SUBSLICE_TOTAL:
      *question->value = (int)subslices();
      return 0;
    case I915_PARAM_EU_TOTAL:
      *question->value = (int)(subslices() * units());
      return 0;
    case I915_PARAM_PERF_REVISION:
      *question->value = 3;
      return 0;
    case I915_PARAM_HAS_USERPTR_PROBE:
      *question->value = 0;
      return 0;
    case I915_PARAM_SLICE_MASK:
      *question->value = 1;
      return 0;
    case I915_PARAM_SUBSLICE_MASK:
      *question->value = (int)((1ull << subslices()) - 1);
      return 0;
    default:
      // The others ask whether the kernel driver can do something.
      *question->value = 1;
      return 0;
  }
}

/// The answer to one item of a query, of at most this size.
union Answer {
  char bytes[512];
  struct drm_i915_query_topology_info topology;
  struct drm_i915_query_engine_info engines;
  struct drm_i915_query_memory_regions memory;
};

static int topology(union Answer* answer) {
  struct drm_i915_query_topology_info* info = &answer->topology;
  info->max_slices = 1;
  info->max_subslices = subslices();
  info->max_eus_per_subslice = units();
  // Three masks follow: of slices, of subslices, and of units of each subslice.
  info->subslice_offset = 1;
  info->subslice_stride = (subslices() + 7) / 8;
  info->eu_offset = info->subslice_offset + info->subslice_stride;
  info->eu_stride = (units() + 7) / 8;
  info->data[0] = 1;
  for (unsigned subslice = 0; subslice < subslices(); ++subslice) {
    info->data[info->subslice_offset + subslice / 8] |= 1u << (subslice % 8);
    for (unsigned unit = 0; unit < units(); ++unit) {
      info->data[info->eu_offset + subslice * info->eu_stride + unit / 8] |= 1u << (unit % 8);
    }
  }
  return (int)(sizeof *info + info->eu_offset + subslices() * info->eu_stride);
}

/// Fills in the answer and returns its size, or a negative errno.
static int answer_item(uint64_t which, union Answer* answer) {
  switch (which) {
    case DRM_I915_QUERY_TOPOLOGY_INFO:
    case DRM_I915_QUERY_GEOMETRY_SUBSLICES:
      return topology(answer);
    case DRM_I915_QUERY_ENGINE_INFO:
      answer->engines.num_engines = 2;
      answer->engines.engines[0].engine.engine_class = I915_ENGINE_CLASS_RENDER;
      answer->engines.engines[1].engine.engine_class = I915_ENGINE_CLASS_COPY;
      return sizeof answer->engines + 2 * sizeof *answer->engines.engines;
    case DRM_I915_QUERY_MEMORY_REGIONS:
      answer->memory.num_regions = 1;
      answer->memory.regions[0].probed_size = 16ull << 30;
      answer->memory.regions[0].unallocated_size = 16ull << 30;
      return sizeof answer->memory + sizeof *answer->memory.regions;
    default:
      return -EINVAL;
  }
}

static int query(int fd, unsigned long request, void* arg) {
  (void)fd;
  (void)request;
  const struct drm_i915_query* question = arg;
  struct drm_i915_query_item* items = (void*)(uintptr_t)question->items_ptr;
  for (unsigned i = 0; i < question->num_items; ++i) {
    union Answer answer;
    memset(&answer, 0, sizeof answer);
    int size = answer_item(items[i].query_id, &answer);
    // Without room, the driver asks for the size of the answer only.
    if (size > 0 && items[i].length > 0) {
      if (items[i].length < size) {
        size = -EINVAL;
      } else {
        memcpy((void*)(uintptr_t)items[i].data_ptr, &answer, size);
      }
    }
    items[i].length = size;
  }
  return 0;
}

static int create(int fd, unsigned long request, void* arg) {
  (void)request;
  struct drm_i915_gem_create* wanted = arg;
  wanted->handle = create_buffer(fd, wanted->size);
  return wanted->handle ? 0 : refuse(ENOMEM);
}

static int create_extended(int fd, unsigned long request, void* arg) {
  (void)request;
  struct drm_i915_gem_create_ext* wanted = arg;
  wanted->handle = create_buffer(fd, wanted->size);
  return wanted->handle ? 0 : refuse(ENOMEM);
}

static int create_from_memory(int fd, unsigned long request, void* arg) {
  (void)request;
  struct drm_i915_gem_userptr* wanted = arg;
  wanted->handle = create_buffer(fd, wanted->user_size);
  return wanted->handle ? 0 : refuse(ENOMEM);
}

static int map(int fd, unsigned long request, void* arg) {
  (void)request;
  struct drm_i915_gem_mmap* wanted = arg;
  struct shim_fd* file = drm_shim_fd_lookup(fd);
  struct shim_bo* buffer = drm_shim_bo_lookup(file, wanted->handle);
  if (!buffer) return refuse(ENOENT);
  if (!buffer->map) {
    buffer->map = drm_shim_mmap(file, buffer->size, PROT_READ | PROT_WRITE, MAP_SHARED, -1,
                                drm_shim_bo_get_mmap_offset(file, buffer));
  }
  wanted->addr_ptr = (uintptr_t)buffer->map + wanted->offset;
  drm_shim_bo_put(buffer);
  return 0;
}

static int map_offset(int fd, unsigned long request, void* arg) {
  (void)request;
  struct drm_i915_gem_mmap_offset* wanted = arg;
  wanted->offset = offset_of_buffer(fd, wanted->handle);
  return 0;
}

static int create_context(int fd, unsigned long request, void* arg) {
  (void)fd;
  (void)request;
  ((struct drm_i915_gem_context_create*)arg)->ctx_id = 1;
  return 0;
}

static int context_parameter(int fd, unsigned long request, void* arg) {
  (void)fd;
  (void)request;
  struct drm_i915_gem_context_param* question = arg;
  question->value = question->param == I915_CONTEXT_PARAM_GTT_SIZE ? address_space() : 0;
  return 0;
}

static int aperture(int fd, unsigned long request, void* arg) {
  (void)fd;
  (void)request;
  struct drm_i915_gem_get_aperture* answer = arg;
  answer->aper_size = answer->aper_available_size = address_space();
  return 0;
}

static int create_space(int fd, unsigned long request, void* arg) {
  (void)fd;
  (void)request;
  ((struct drm_i915_gem_vm_control*)arg)->vm_id = 1;
  return 0;
}

static ioctl_fn_t handlers[] = {
    [DRM_I915_GETPARAM] = parameter,
    [DRM_I915_QUERY] = query,
    [DRM_I915_GET_RESET_STATS] = do_nothing,
    [DRM_I915_GEM_CREATE] = create,
    [DRM_I915_GEM_CREATE_EXT] = create_extended,
    [DRM_I915_GEM_USERPTR] = create_from_memory,
    [DRM_I915_GEM_MMAP] = map,
    [DRM_I915_GEM_MMAP_GTT] = map_offset,
    [DRM_I915_GEM_SET_TILING] = do_nothing,
    [DRM_I915_GEM_GET_TILING] = do_nothing,
    [DRM_I915_GEM_CONTEXT_CREATE] = create_context,
    [DRM_I915_GEM_CONTEXT_DESTROY] = do_nothing,
    [DRM_I915_GEM_CONTEXT_GETPARAM] = context_parameter,
    [DRM_I915_GEM_CONTEXT_SETPARAM] = do_nothing,
    [DRM_I915_GEM_EXECBUFFER2] = do_nothing,
    [DRM_I915_GEM_GET_APERTURE] = aperture,
    [DRM_I915_REG_READ] = do_nothing,
    [DRM_I915_GEM_SET_DOMAIN] = do_nothing,
    [DRM_I915_GEM_GET_CACHING] = do_nothing,
    [DRM_I915_GEM_SET_CACHING] = do_nothing,
    [DRM_I915_GEM_MADVISE] = do_nothing,
    [DRM_I915_GEM_WAIT] = do_nothing,
    [DRM_I915_GEM_BUSY] = do_nothing,
    [DRM_I915_GEM_VM_CREATE] = create_space,
    [DRM_I915_GEM_VM_DESTROY] = do_nothing,
};

void drm_shim_driver_init(void) {
  set_kernel_driver("i915", DRM_BUS_PCI, handlers, COUNT(handlers), 1, 6);
  describe_pci_device("i915", 0x8086, device_id(), 0, "0000:00:02.0");
}
