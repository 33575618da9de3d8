#include "job/recovery.h"

#include <fmt/format.h>

#include <utility>

namespace app {

std::size_t Recovery::retry(const gfnet::VulkanError& error, std::size_t images,
                            const std::string& work) {
  const std::string& device = classifiers_->device_name(index_);
  if (error.is_out_of_memory() && images > 1) {
    notify_(fmt::format("not enough memory on {} for a batch of {} images; continuing with {} ({})",
                        device, images, images / 2, error.what()));
    return images / 2;
  }
  if (error.is_out_of_memory() && images == 1) {
    // The memory of larger batches was freed only when this try failed.
    if (!std::exchange(was_short_for_one_, true)) return images;
    throw error.on(device + ": there is not enough memory for one image");
  }
  if (!error.is_device_lost()) throw error.on(device);
  if (was_lost_) throw error.on(fmt::format("{}, for the second time, while {}", device, work));
  was_lost_ = true;
  try {
    classifiers_->reopen(index_);
  } catch (const gfnet::Error& cause) {
    throw error.on(
        fmt::format("{} while {}; it cannot be opened again ({})", device, work, cause.what()));
  }
  notify_(fmt::format("lost {} while {}; continuing on it, opened again ({})", device, work,
                      error.what()));
  return images;
}

}  // namespace app
