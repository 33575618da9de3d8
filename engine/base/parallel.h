#pragma once

#include <cstddef>
#include <functional>

namespace gfnet {

/// Runs run(0) … run(count − 1), each once, on as many threads as the machine has, and returns when
/// all are done, also those after one that threw. Throws what the one with the lowest index threw,
/// so that an error does not depend on who was first.
void run_in_parallel(std::size_t count, const std::function<void(std::size_t)>& run);

}  // namespace gfnet
