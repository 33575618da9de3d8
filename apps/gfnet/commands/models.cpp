#include <fmt/format.h>
#include <gfnet/gfnet.h>
#include <gfnet/table.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "command_line/command.h"
#include "command_line/options.h"
#include "command_line/usage_error.h"
#include "inputs/overwrite.h"
#include "system/paths.h"
#include "terminal/units.h"
#include "zoo/model_store.h"

namespace app {
namespace {

using gfnet::system::text_of;

using gfnet::Align;
using gfnet::Table;

namespace fs = std::filesystem;

/// A model of the zoo, and its state on this machine.
struct Entry {
  const gfnet::ZooModel& model;
  /// What `gfnet models` prints: "bundled", "here" (intact), "unchecked" (not stored by gfnet),
  /// "damaged", "partial" (download not finished) or "no" (not on this machine).
  std::string state;
  /// Path of the checkpoint. Empty if the checkpoint is not on this machine.
  fs::path path;
};

Entry look_up(const gfnet::ZooModel& model, bool thorough) {
  if (model.bundled) {
    try {
      return {model, "bundled", model_path(model.name)};
    } catch (const UsageError&) {
      return {model, "no", {}};
    }
  }
  const fs::path directory = gfnet::zoo_directory();
  if (directory.empty()) return {model, "no", {}};
  const ModelStore store(directory);
  std::error_code ignored;
  switch (store.condition(model, thorough)) {
    case ModelStore::Condition::kIntact:
      return {model, "here", store.path_of(model)};
    case ModelStore::Condition::kUnrecorded:
      return {model, "unchecked", store.path_of(model)};
    case ModelStore::Condition::kDamaged:
      return {model, "damaged", store.path_of(model)};
    case ModelStore::Condition::kAbsent:
      break;
  }
  return {model, fs::exists(store.part_path_of(model), ignored) ? "partial" : "no", {}};
}

/// Size of the checkpoint in bytes. If the checkpoint is on this machine, the size of the file;
/// else the size that the zoo lists. Nothing if neither is known.
std::optional<std::int64_t> bytes_of(const Entry& entry) {
  std::error_code error;
  const std::uintmax_t size = entry.path.empty() ? 0 : fs::file_size(entry.path, error);
  if (!entry.path.empty() && !error) return static_cast<std::int64_t>(size);
  return entry.model.bytes;
}

void print_tables(const std::vector<Entry>& entries) {
  Table facts({{"model"},
               {"trained on"},
               {"parameters", Align::kRight},
               {"GMAC", Align::kRight},
               {"top-1", Align::kRight},
               {"top-5", Align::kRight},
               {"file size", Align::kRight},
               {"state"}});
  Table sources({{"model"}, {"published at"}, {"page for a browser"}});
  for (const Entry& entry : entries) {
    const gfnet::ZooModel& m = entry.model;
    const std::optional<std::int64_t> bytes = bytes_of(entry);
    facts.add({m.name, m.dataset, fmt::format("{:.0f} M", static_cast<double>(m.parameters) / 1e6),
               fmt::format("{:.{}f}", m.macs / 1e9, m.macs < 1e9 ? 3 : 1),
               fmt::format("{:.1f} %", m.top1), fmt::format("{:.1f} %", m.top5),
               bytes ? megabytes(*bytes) : "", entry.state});
    if (!m.source.empty()) sources.add({m.name, m.source, m.page});
  }
  const fs::path directory = gfnet::zoo_directory();
  std::printf("%s\n%s\ngfnet pull NAME stores files in %s\n", facts.text().c_str(),
              sources.text().c_str(),
              directory.empty() ? "the folder that --output names"
                                : gfnet::printable(text_of(directory)).c_str());
}

void print_json(const std::vector<Entry>& entries) {
  auto document = nlohmann::ordered_json::array();
  const auto or_null = [](const std::string& text) {
    return text.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(text);
  };
  for (const Entry& entry : entries) {
    const gfnet::ZooModel& m = entry.model;
    nlohmann::ordered_json object{{"name", m.name},         {"dataset", m.dataset},
                                  {"classes", m.classes},   {"parameters", m.parameters},
                                  {"macs", m.macs},         {"top1", m.top1},
                                  {"top5", m.top5},         {"source", or_null(m.source)},
                                  {"page", or_null(m.page)}};
    const std::optional<std::int64_t> bytes = bytes_of(entry);
    object["bytes"] = bytes ? nlohmann::ordered_json(*bytes) : nlohmann::ordered_json();
    object["sha256"] = or_null(m.sha256);
    object["state"] = entry.state;
    object["path"] = or_null(text_of(entry.path));
    document.push_back(std::move(object));
  }
  std::puts(document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

}  // namespace

void add_models(CommandLine& line) {
  struct Options {
    bool json = false;
    bool verify = false;
  };
  Command command = line.add("models", "List the model zoo and which models are here");
  auto options = std::make_shared<Options>();
  command.flag("--json", options->json, "Print JSON");
  command.flag("--verify", options->verify, "Read every file on this machine to find damage");
  command.action([options] {
    int status = kAllDone;
    std::vector<Entry> entries;
    std::vector<std::string> files;
    for (const gfnet::ZooModel& model : gfnet::model_zoo()) {
      entries.push_back(look_up(model, options->verify));
      const Entry& entry = entries.back();
      files.push_back(text_of(entry.path));
      if (entry.state != "damaged") continue;
      std::fprintf(stderr, "gfnet: %s: is damaged; gfnet pull %s downloads it again\n",
                   gfnet::printable(text_of(entry.path)).c_str(), model.name.c_str());
      status = kSomeFailed;
    }
    OverwriteGuard::check_streams(files);
    options->json ? print_json(entries) : print_tables(entries);
    return status;
  });
}

}  // namespace app
