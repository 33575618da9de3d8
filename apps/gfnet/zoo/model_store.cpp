#include "zoo/model_store.h"

#include <fmt/format.h>

#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "system/paths.h"
#include "zoo/sha256.h"

namespace app {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::int64_t modified(const fs::path& path) {
  return static_cast<std::int64_t>(fs::last_write_time(path).time_since_epoch().count());
}

std::int64_t size_of(const fs::path& path) {
  return static_cast<std::int64_t>(fs::file_size(path));
}

/// Whether the file is HTML. A server may send a web page instead of the checkpoint.
bool is_web_page(const fs::path& path) {
  std::string start(512, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(start.data(), static_cast<std::streamsize>(start.size()));
  start.resize(static_cast<std::size_t>(file.gcount()));
  const std::size_t first = start.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  return first != std::string::npos && start[first] == '<';
}

/// Checks that the file at `path` is the checkpoint of `model` and returns its SHA-256. Throws
/// gfnet::FormatError if the file is not that checkpoint.
std::string check(const gfnet::ZooModel& model, const fs::path& path) {
  if (is_web_page(path)) throw gfnet::FormatError(path, "is a web page, not a checkpoint");
  if (model.bytes && size_of(path) != *model.bytes) {
    throw gfnet::FormatError(
        path, fmt::format("has {} bytes, {} has {}", size_of(path), model.name, *model.bytes));
  }
  std::string sha256 = sha256_of(path);
  if (!model.sha256.empty() && sha256 != model.sha256) {
    throw gfnet::FormatError(path, "has a different SHA-256 than " + model.name);
  }
  gfnet::check_architecture(gfnet::Model::load(path), model);
  return sha256;
}

}  // namespace

fs::path ModelStore::path_of(const gfnet::ZooModel& model) const {
  return directory_ / gfnet::system::path_of(model.file);
}

fs::path ModelStore::part_path_of(const gfnet::ZooModel& model) const {
  return directory_ / gfnet::system::path_of(model.file + ".part");
}

fs::path ModelStore::record_path_of(const gfnet::ZooModel& model) const {
  return directory_ / gfnet::system::path_of(model.file + ".json");
}

void ModelStore::check_record_is_ours(const gfnet::ZooModel& model) const {
  std::error_code error;
  const fs::path path = record_path_of(model);
  if (!fs::exists(path, error) || (fs::is_regular_file(path, error) && fs::is_empty(path, error))) {
    return;
  }
  std::ifstream file(path);
  const json record = json::parse(file, nullptr, /*allow_exceptions=*/false);
  if (record.is_object() && record.contains("sha256") && record.contains("origin")) return;
  throw gfnet::FormatError(path, "was not made by gfnet, which would overwrite it; rename it");
}

ModelStore::Condition ModelStore::condition(const gfnet::ZooModel& model, bool thorough) const {
  std::error_code error;
  const fs::path path = path_of(model);
  if (!fs::is_regular_file(path, error)) return Condition::kAbsent;
  std::ifstream file(record_path_of(model));
  if (!file) return Condition::kUnrecorded;
  const json record = json::parse(file, nullptr, /*allow_exceptions=*/false);
  if (!record.is_object() || record.value("bytes", json()) != size_of(path)) {
    return Condition::kDamaged;
  }
  if (!thorough && record.value("modified", json()) == modified(path)) return Condition::kIntact;
  return record.value("sha256", json()) == sha256_of(path) ? Condition::kIntact
                                                           : Condition::kDamaged;
}

void ModelStore::admit(const gfnet::ZooModel& model, PartFile& part,
                       const std::string& origin) const {
  const std::string sha256 = check(model, part.path());
  part.sync();
  // Remove the old record first: a record must never lie beside a file that it does not describe.
  fs::remove(record_path_of(model));
  fs::rename(part.path(), path_of(model));
  fs::remove(part.note_path());
  write_record(model, sha256, origin);
}

void ModelStore::adopt(const gfnet::ZooModel& model) const {
  write_record(model, check(model, path_of(model)), "put here by hand");
}

void ModelStore::write_record(const gfnet::ZooModel& model, const std::string& sha256,
                              const std::string& origin) const {
  const fs::path path = path_of(model);
  const nlohmann::ordered_json record{{"sha256", sha256},
                                      {"bytes", size_of(path)},
                                      {"modified", modified(path)},
                                      {"origin", origin}};
  const fs::path target = record_path_of(model);
  fs::path fresh = target;
  fresh += ".new";
  std::ofstream file(fresh);
  file << record.dump(2, ' ', false, json::error_handler_t::replace) << "\n";
  file.close();
  if (!file) {
    const std::string cause = std::strerror(errno);
    std::error_code ignored;
    fs::remove(fresh, ignored);
    throw gfnet::FormatError(target, "cannot be written: " + cause);
  }
  fs::rename(fresh, target);
}

}  // namespace app
