#include "checkpoint/imagenet.h"

#include <cassert>
#include <string_view>

namespace gfnet::checkpoint {

/// The text of weights/imagenet-1k.tsv, which is compiled into the library.
std::string_view imagenet_table();

namespace {

std::string_view take(std::string_view& text, char end) {
  const std::size_t at = text.find(end);
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return taken;
}

ImageNetClasses read_table() {
  ImageNetClasses classes;
  std::string_view table = imagenet_table();
  while (!table.empty()) {
    std::string_view line = take(table, '\n');
    if (line.starts_with('#')) continue;
    classes.synsets.emplace_back(take(line, '\t'));
    classes.short_labels.emplace_back(take(line, '\t'));
    classes.labels.emplace_back(line);
  }
  assert(classes.labels.size() == 1000);
  return classes;
}

}  // namespace

const ImageNetClasses& imagenet_classes() {
  static const ImageNetClasses classes = read_table();
  return classes;
}

}  // namespace gfnet::checkpoint
