#include <dlfcn.h>

#include <filesystem>

#include "command_line/options.h"
#include "command_line/usage_error.h"
#include "output/parquet/parquet_file.h"

namespace app {
namespace {

[[noreturn]] void refuse(const std::string& cause) {
  throw UsageError("--format parquet: " + cause);
}

const ParquetModule& load() {
  std::error_code ignored;
  const std::filesystem::path path = program_directory() / GFNET_MODULES / "parquet.so";
  if (!std::filesystem::exists(path, ignored)) {
    refuse("this gfnet was built without Apache Arrow, which it needs");
  }
  void* const module = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  const void* const symbol = module == nullptr ? nullptr : dlsym(module, "gfnet_parquet");
  if (symbol == nullptr) refuse(dlerror());
  return *static_cast<const ParquetModule*>(symbol);
}

}  // namespace

const ParquetModule& parquet_module() {
  static const ParquetModule& module = load();
  return module;
}

}  // namespace app
