#include "checkpoint/checkpoint.h"

#include <algorithm>
#include <functional>

#include "base/utf8.h"
#include "checkpoint/tensor_layout.h"

namespace gfnet::checkpoint {

Checkpoint::Checkpoint(std::filesystem::path path, std::string format,
                       std::vector<TensorView> tensors, std::map<std::string, std::string> metadata,
                       std::shared_ptr<const void> storage, Unreadable unreadable)
    : path_(std::move(path)),
      format_(std::move(format)),
      tensors_(std::move(tensors)),
      metadata_(std::move(metadata)),
      storage_(std::move(storage)),
      unreadable_(std::move(unreadable)) {
  for (std::size_t i = 0; i < tensors_.size(); ++i) {
    if (!index_.emplace(tensors_[i].name, i).second) {
      throw FormatError(path_, "occurs twice", excerpt(tensors_[i].name));
    }
  }
}

const TensorView* Checkpoint::find(std::string_view name) const {
  if (const auto bad = unreadable_.find(name); bad != unreadable_.end()) throw bad->second;
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : &tensors_[found->second];
}

const TensorView& Checkpoint::at(std::string_view name) const {
  const TensorView* tensor = find(name);
  if (tensor == nullptr) throw FormatError(path_, "is missing", excerpt(name));
  return *tensor;
}

Checkpoint Checkpoint::with(std::map<std::string, DenseTensor> tensors) const {
  struct Storage {
    std::shared_ptr<const void> file;
    std::map<std::string, DenseTensor> replaced;
  };
  const auto storage = std::make_shared<const Storage>(Storage{storage_, std::move(tensors)});
  std::vector<TensorView> views = tensors_;
  for (const auto& [name, tensor] : storage->replaced) {
    at(name);
    TensorView& view = views[index_.find(name)->second];
    view = {name, DType::kF32, tensor.shape, dense_strides(tensor.shape.dims()),
            std::as_bytes(std::span(tensor.values))};
  }
  return Checkpoint(path_, format_, std::move(views), metadata_, storage, unreadable_);
}

Checkpoint Checkpoint::with_own_bytes() const {
  // Joins the ranges that overlap. Ranges that only touch may belong to different blocks of memory.
  using Bytes = std::span<const std::byte>;
  std::vector<Bytes> ranges;
  for (const TensorView& view : tensors_) {
    if (!view.bytes.empty()) ranges.push_back(view.bytes);
  }
  const std::less<const std::byte*> before;
  std::ranges::sort(ranges, before, [](const Bytes& range) { return range.data(); });
  std::vector<Bytes> joined;
  for (const Bytes& range : ranges) {
    const std::byte* const end = range.data() + range.size();
    if (joined.empty() || !before(range.data(), joined.back().data() + joined.back().size())) {
      joined.push_back(range);
    } else if (before(joined.back().data() + joined.back().size(), end)) {
      joined.back() = {joined.back().data(), end};
    }
  }

  const auto storage = std::make_shared<std::vector<std::vector<std::byte>>>();
  for (const Bytes& range : joined) storage->emplace_back(range.begin(), range.end());
  std::vector<TensorView> views = tensors_;
  for (TensorView& view : views) {
    if (view.bytes.empty()) {
      view.bytes = {};
      continue;
    }
    // The last range that does not start after the view.
    const auto next = std::ranges::upper_bound(joined, view.bytes.data(), before,
                                               [](const Bytes& range) { return range.data(); });
    const auto index = static_cast<std::size_t>(next - joined.begin() - 1);
    const auto offset = static_cast<std::size_t>(view.bytes.data() - joined[index].data());
    view.bytes = Bytes((*storage)[index]).subspan(offset, view.bytes.size());
  }
  return Checkpoint(path_, format_, std::move(views), metadata_, storage, unreadable_);
}

}  // namespace gfnet::checkpoint
