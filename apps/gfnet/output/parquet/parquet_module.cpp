#include <filesystem>

#include "command_line/options.h"
#include "command_line/usage_error.h"
#include "output/parquet/parquet_file.h"
#include "system/library.h"

namespace app {
namespace {

[[noreturn]] void refuse(const std::string& cause) {
  throw UsageError("--format parquet: " + cause);
}

const ParquetModule& load() {
  std::error_code ignored;
  const std::filesystem::path path = program_directory() / GFNET_PARQUET_MODULE;
  if (!std::filesystem::exists(path, ignored)) {
    refuse("this gfnet was built without Apache Arrow, which it needs");
  }
  void* const module = gfnet::system::open_library(path);
  const void* const symbol =
      module == nullptr ? nullptr : gfnet::system::symbol_of(module, "gfnet_parquet");
  if (symbol == nullptr) refuse(gfnet::system::library_fault());
  return *static_cast<const ParquetModule*>(symbol);
}

}  // namespace

const ParquetModule& parquet_module() {
  static const ParquetModule& module = load();
  return module;
}

}  // namespace app
