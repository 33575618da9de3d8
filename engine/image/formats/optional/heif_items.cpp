#include "image/formats/optional/heif_items.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "image/formats/decoders.h"

namespace gfnet::image {
namespace {

using namespace std::string_view_literals;

/// A box: its type, and what follows its header.
struct Box {
  std::string_view type;
  Bytes content;
};

/// Cuts off the first of the boxes. Returns nothing at the end, or if the box is damaged.
std::optional<Box> take_box(Bytes& boxes) {
  if (boxes.size() < 8) return std::nullopt;
  std::uint64_t size = read_big(boxes, 0, 4);
  std::size_t header = 8;
  if (size == 0) size = boxes.size();  // up to the end
  if (size == 1) {
    if (boxes.size() < 16) return std::nullopt;
    size = std::uint64_t{read_big(boxes, 8, 4)} << 32 | read_big(boxes, 12, 4);
    header = 16;
  }
  if (size < header || size > boxes.size()) return std::nullopt;
  const std::string_view type(reinterpret_cast<const char*>(boxes.data()) + 4, 4);
  const Box box{type, boxes.subspan(header, size - header)};
  boxes = boxes.subspan(size);
  return box;
}

/// That one item is decoded for another.
struct Need {
  std::uint32_t item;
  std::uint32_t needed;
};

/// Appends what the box iref says: derived images ("dimg") need their parts, and an image its alpha
/// or other auxiliary image ("auxl").
void append_needs(Bytes references, std::vector<Need>& needs) {
  if (references.size() < 4) return;
  const std::size_t id_size = references[0] == 0 ? 2 : 4;  // by the version
  references = references.subspan(4);
  while (const auto box = take_box(references)) {
    const Bytes content = box->content;
    if (content.size() < id_size + 2) continue;
    const std::uint32_t from = read_big(content, 0, id_size);
    const std::size_t count = read_big(content, id_size, 2);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t offset = id_size + 2 + i * id_size;
      if (offset + id_size > content.size()) break;
      const std::uint32_t to = read_big(content, offset, id_size);
      if (box->type == "dimg") needs.push_back({from, to});
      if (box->type == "auxl") needs.push_back({to, from});
    }
  }
}

/// Whether the box iinf lists an overlay.
bool has_overlay(Bytes items) {
  if (items.size() < 4) return false;
  items = items.subspan(std::min<std::size_t>(items.size(), items[0] == 0 ? 6 : 8));
  while (const auto box = take_box(items)) {
    if (box->type != "infe" || box->content.empty()) continue;
    // After the version and flags: the item's number, two bytes, and its type.
    const std::size_t type = box->content[0] < 3 ? 8 : 10;
    if (holds(box->content, type, "iovl"sv)) return true;
  }
  return false;
}

/// Whether some item needs others in more steps than `most`, or in a circle.
bool is_deeper_than(std::size_t most, const std::vector<Need>& needs) {
  std::map<std::uint32_t, std::size_t> steps;
  for (std::size_t round = 0; round <= most; ++round) {
    for (const Need& need : needs) {
      std::size_t& own = steps[need.item];
      own = std::max(own, steps[need.needed] + 1);
      if (own > most) return true;
    }
  }
  return false;
}

}  // namespace

void check_heif_items(Bytes file) {
  constexpr std::size_t kMostSteps = 4;
  std::vector<Need> needs;
  while (const auto box = take_box(file)) {
    if (box->type != "meta" || box->content.size() < 4) continue;
    Bytes boxes = box->content.subspan(4);
    while (const auto inner = take_box(boxes)) {
      if (inner->type == "iref") append_needs(inner->content, needs);
      if (inner->type == "iinf" && has_overlay(inner->content)) {
        throw DecodeFailure{"HEIF with images laid over one another is not supported"};
      }
    }
  }
  if (is_deeper_than(kMostSteps, needs)) {
    throw DecodeFailure{"corrupt HEIF: its images are made from one another in a circle"};
  }
}

}  // namespace gfnet::image
