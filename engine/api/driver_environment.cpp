#include "gfnet/driver_environment.h"

#include <filesystem>
#include <string>

#include "gfnet/zoo.h"
#include "system/paths.h"
#include "system/variables.h"

namespace gfnet {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMesaFolder = "MESA_SHADER_CACHE_DIR";
constexpr const char* kWidth = "LP_NATIVE_VECTOR_WIDTH";

std::string variable(const char* name) { return system::variable(name).value_or(""); }

/// Whether the processor has the parts of AVX-512 that Mesa's compiler uses.
bool has_wide_vectors() {
#if defined(__x86_64__) && defined(__GNUC__)
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#else
  return false;
#endif
}

}  // namespace

void prepare_driver_environment() {
  if (system::variable(kMesaFolder)) return;
  const std::string given = variable(kWidth);
  const std::string width = given.empty() && has_wide_vectors() ? "512" : given;
  // Mesa's own folder is right for Mesa's own width.
  if (variable("GFNET_CACHE").empty() && (width.empty() || !given.empty())) return;
  const fs::path ours = zoo_directory().parent_path();
  if (ours.empty()) return;
  const bool is_number = width.find_first_not_of("0123456789") == std::string::npos;
  const fs::path folder =
      ours / (width.empty() ? "mesa" : "mesa-" + (is_number ? width : std::string("other")));
  std::error_code error;
  fs::create_directories(folder, error);  // Mesa makes only the last folder itself
  if (error) return;  // the library says so when it cannot keep its own files there
  system::set_default_variable(kMesaFolder, system::text_of(folder));
  if (given.empty() && !width.empty()) system::set_default_variable(kWidth, width);
}

}  // namespace gfnet
