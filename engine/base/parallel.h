#pragma once

#include <cstddef>
#include <functional>

namespace gfnet {

/// Calls run(0) … run(count − 1) once each, on as many threads as the machine has, or fewer if the
/// system allows no more, and returns when all calls are done. If a call throws, the other calls
/// still run. Then rethrows the exception of the call with the lowest index, so that the reported
/// error does not depend on timing.
void run_in_parallel(std::size_t count, const std::function<void(std::size_t)>& run);

}  // namespace gfnet
