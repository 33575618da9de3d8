#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// The code with other arithmetic: the first of these replacements that finds something to replace.
inline std::vector<std::uint32_t> altered(std::span<const std::uint32_t> code) {
  struct Replacement {
    std::uint32_t from;
    std::uint32_t to;
  };
  // Opcodes of SPIR-V: FAdd 129, FSub 131, FMul 133.
  for (const auto& [from, to] :
       {Replacement{129, 131}, Replacement{131, 129}, Replacement{133, 129}}) {
    std::vector<std::uint32_t> result(code.begin(), code.end());
    bool found = false;
    for (std::size_t at = 5; at < result.size(); at += std::max<std::size_t>(result[at] >> 16, 1)) {
      if ((result[at] & 0xFFFF) != from) continue;
      result[at] = (result[at] & 0xFFFF0000) | to;
      found = true;
    }
    if (found) return result;
  }
  return {code.begin(), code.end()};
}
