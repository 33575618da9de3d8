// NVIDIA, kernel driver nouveau, for NVK: Kepler to Blackwell.
//
// SHIM_CHIP  chipset, such as 172 for GA102       SHIM_DEVICE  PCI device id

#include "backend.h"
#include "nouveau_drm.h"
#include "nvif/cl0080.h"
#include "nvif/ioctl.h"

enum {
  kVendor = 0x10de,
  kBusPciExpress = 2,
  k2dClass = 0x902d,
};

/// The classes of objects that a chip has. Numbers: Mesa's src/nouveau/headers/nvidia/classes.
struct Classes {
  unsigned from;  // the first chipset that has them
  unsigned copy, graphics, compute, copy_to_memory;
};
static const struct Classes kClasses[] = {
    {0x1b0, 0xcab5, 0xce97, 0xcec0, 0xcd40}, {0x1a0, 0xc9b5, 0xcd97, 0xcdc0, 0xcd40},
    {0x190, 0xc7b5, 0xc997, 0xc9c0, 0xa140}, {0x180, 0xc8b5, 0xcb97, 0xcbc0, 0xa140},
    {0x172, 0xc7b5, 0xc797, 0xc7c0, 0xa140}, {0x170, 0xc6b5, 0xc697, 0xc6c0, 0xa140},
    {0x160, 0xc5b5, 0xc597, 0xc5c0, 0xa140}, {0x140, 0xc3b5, 0xc397, 0xc3c0, 0xa140},
    {0x132, 0xc1b5, 0xc197, 0xc1c0, 0xa140}, {0x130, 0xc0b5, 0xc097, 0xc0c0, 0xa140},
    {0x120, 0xb0b5, 0xb197, 0xb1c0, 0xa140}, {0x110, 0xb0b5, 0xb097, 0xb0c0, 0xa140},
    {0x0f0, 0xa0b5, 0xa197, 0xa1c0, 0xa140}, {0x0e0, 0xa0b5, 0xa097, 0xa0c0, 0xa040}};

static unsigned chipset(void) { return hex_setting("SHIM_CHIP", 0x172); }
static unsigned device_id(void) { return hex_setting("SHIM_DEVICE", 0x2204); }

static const struct Classes* classes(void) {
  const struct Classes* found = kClasses;
  while (found + 1 < kClasses + COUNT(kClasses) && chipset() < found->from) ++found;
  return found;
}

static int parameter(int fd, unsigned long request, void* arg) {
  (void)fd;
  (void)request;
  struct drm_nouveau_getparam* question = arg;
  switch (question->param) {
    case NOUVEAU_GETPARAM_CHIPSET_ID:
      question->value = chipset();
      return 0;
    case NOUVEAU_GETPARAM_PCI_VENDOR:
      question->value = kVendor;
      return 0;
    case NOUVEAU_GETPARAM_PCI_DEVICE:
      question->value = device_id();
      return 0;
    case NOUVEAU_GETPARAM_BUS_TYPE:
      question->value = kBusPciExpress;
      return 0;
    case NOUVEAU_GETPARAM_FB_SIZE:
    case NOUVEAU_GETPARAM_VRAM_BAR_SIZE:
      question->value = 8ull << 30;
      return 0;
    case NOUVEAU_GETPARAM_AGP_SIZE:
      question->value = 1ull << 40;
      return 0;
    case NOUVEAU_GETPARAM_PTIMER_TIME:
    case NOUVEAU_GETPARAM_HAS_BO_USAGE:
    case NOUVEAU_GETPARAM_HAS_VMA_TILEMODE:
      question->value = 1;
      return 0;
    case NOUVEAU_GETPARAM_GRAPH_UNITS:
      question->value = 41 << 8 | 7;  // multiprocessor pairs and clusters
      return 0;
    case NOUVEAU_GETPARAM_EXEC_PUSH_MAX:
      question->value = 510;
      return 0;
    case NOUVEAU_GETPARAM_VRAM_USED:
      question->value = 1 << 20;
      return 0;
    default:
      return refuse(EINVAL);
  }
}

static void describe_chip(struct nv_device_info_v0* info) {
  info->platform = NV_DEVICE_INFO_V0_PCIE;
  info->chipset = chipset();
  info->ram_size = info->ram_user = 8ull << 30;
  snprintf(info->chip, sizeof info->chip, "NV%X", chipset());
}

static void list_classes(struct nvif_ioctl_sclass_v0* list) {
  const struct Classes* known = classes();
  const unsigned names[] = {known->copy_to_memory, known->copy, k2dClass, known->graphics,
                            known->compute};
  // Without room, the driver asks for the number of classes only.
  if (list->count == 0) {
    list->count = COUNT(names);
    return;
  }
  for (int i = 0; i < COUNT(names) && i < list->count; ++i) {
    list->oclass[i].oclass = (int)names[i];
    list->oclass[i].minver = list->oclass[i].maxver = -1;
  }
}

static int object_request(int fd, unsigned long request, void* arg) {
  (void)fd;
  (void)request;
  struct nvif_ioctl_v0* head = arg;
  if (head->type == NVIF_IOCTL_V0_MTHD) {
    struct nvif_ioctl_mthd_v0* method = (void*)head->data;
    if (method->method == NV_DEVICE_V0_INFO) describe_chip((void*)method->data);
  } else if (head->type == NVIF_IOCTL_V0_SCLASS) {
    list_classes((void*)head->data);
  }
  return 0;
}

static int create(int fd, unsigned long request, void* arg) {
  (void)request;
  static uint64_t next_address = 0x100000;
  struct drm_nouveau_gem_info* wanted = &((struct drm_nouveau_gem_new*)arg)->info;
  wanted->handle = create_buffer(fd, wanted->size);
  if (!wanted->handle) return refuse(ENOMEM);
  wanted->map_handle = offset_of_buffer(fd, wanted->handle);
  wanted->offset = next_address;
  next_address += (wanted->size + 0xffff) & ~0xffffull;
  return 0;
}

static int map(int fd, unsigned long request, void* arg) {
  (void)request;
  struct drm_nouveau_gem_info* wanted = arg;
  wanted->map_handle = offset_of_buffer(fd, wanted->handle);
  return 0;
}

static int create_channel(int fd, unsigned long request, void* arg) {
  (void)request;
  static int count;
  struct drm_nouveau_channel_alloc* wanted = arg;
  wanted->channel = ++count;
  wanted->pushbuf_domains = NOUVEAU_GEM_DOMAIN_VRAM | NOUVEAU_GEM_DOMAIN_GART;
  wanted->notifier_handle = create_buffer(fd, 4096);
  return wanted->notifier_handle ? 0 : refuse(ENOMEM);
}

static ioctl_fn_t handlers[] = {
    [DRM_NOUVEAU_GETPARAM] = parameter,
    [DRM_NOUVEAU_CHANNEL_ALLOC] = create_channel,
    [DRM_NOUVEAU_CHANNEL_FREE] = do_nothing,
    // Requests of old versions: objects of a channel.
    [0x04] = do_nothing,
    [0x05] = do_nothing,
    [0x06] = do_nothing,
    [DRM_NOUVEAU_NVIF] = object_request,
    [DRM_NOUVEAU_GEM_NEW] = create,
    [DRM_NOUVEAU_GEM_INFO] = map,
    [DRM_NOUVEAU_GEM_PUSHBUF] = do_nothing,
    [DRM_NOUVEAU_GEM_CPU_PREP] = do_nothing,
    [DRM_NOUVEAU_GEM_CPU_FINI] = do_nothing,
    [DRM_NOUVEAU_VM_INIT] = do_nothing,
    [DRM_NOUVEAU_VM_BIND] = do_nothing,
    [DRM_NOUVEAU_EXEC] = do_nothing,
};

void drm_shim_driver_init(void) {
  set_kernel_driver("nouveau", DRM_BUS_PCI, handlers, COUNT(handlers), 1, 4);
  shim_device.version_patchlevel = 2;
  describe_pci_device("nouveau", kVendor, device_id(), 0, "0000:01:00.0");
}
