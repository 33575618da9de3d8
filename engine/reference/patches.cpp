#include "reference/operations.h"

namespace gfnet::reference {

Values tokens_of_planes(Input planes, std::int64_t channels) {
  const std::int64_t tokens = static_cast<std::int64_t>(planes.size()) / channels;
  Values result;
  result.reserve(planes.size());
  for (std::int64_t n = 0; n < tokens; ++n) {
    for (std::int64_t c = 0; c < channels; ++c) {
      result.push_back(planes[static_cast<std::size_t>(c * tokens + n)]);
    }
  }
  return result;
}

Values planes_of_tokens(Input tokens, std::int64_t channels) {
  return tokens_of_planes(tokens, static_cast<std::int64_t>(tokens.size()) / channels);
}

Values patches_of_tokens(Input x, graph::Extent grid, graph::Extent patch) {
  const std::int64_t channels = static_cast<std::int64_t>(x.size()) / grid.area();
  Values result;
  for (std::int64_t py = 0; py < grid.height / patch.height; ++py) {
    for (std::int64_t px = 0; px < grid.width / patch.width; ++px) {
      for (std::int64_t y = 0; y < patch.height; ++y) {
        for (std::int64_t column = 0; column < patch.width; ++column) {
          const std::int64_t token =
              (py * patch.height + y) * grid.width + px * patch.width + column;
          const auto row = x.subspan(static_cast<std::size_t>(token * channels),
                                     static_cast<std::size_t>(channels));
          result.insert(result.end(), row.begin(), row.end());
        }
      }
    }
  }
  return result;
}

Values patches_of_planes(Input x, graph::Extent grid, graph::Extent patch) {
  const std::int64_t channels = static_cast<std::int64_t>(x.size()) / grid.area();
  return patches_of_tokens(tokens_of_planes(x, channels), grid, patch);
}

}  // namespace gfnet::reference
