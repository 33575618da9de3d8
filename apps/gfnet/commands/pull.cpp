#include <fmt/format.h>
#include <gfnet/gfnet.h>

#include <cstdio>
#include <cstring>
#include <fstream>

#include "command_line/command.h"
#include "command_line/command_line.h"
#include "command_line/options.h"
#include "command_line/usage_error.h"
#include "inputs/overwrite.h"
#include "system/paths.h"
#include "terminal/end_in_time.h"
#include "terminal/terminal.h"
#include "terminal/units.h"
#include "zoo/download.h"
#include "zoo/model_store.h"

namespace app {
namespace {

using gfnet::system::path_of;
using gfnet::system::text_of;

namespace fs = std::filesystem;

struct PullOptions {
  std::vector<std::string> names;
  std::string output;
  std::string from;
};

bool is_address(const std::string& from) {
  return from.starts_with("http://") || from.starts_with("https://");
}

/// Text for messages: how to get the model by hand if the download fails.
std::string advice(const gfnet::ZooModel& model) {
  return fmt::format("; or download it with a browser from {} and run gfnet pull {} --from FILE",
                     model.page, model.name);
}

void copy(const std::string& from, PartFile& part) {
  // `from` is the part file itself, completed by another program: nothing to copy.
  if (is_same_file(from, text_of(part.path()))) return;
  std::error_code error;
  if (fs::is_directory(path_of(from), error))
    throw gfnet::FormatError(path_of(from), "is a folder, not a file");
  std::ifstream file(path_of(from), std::ios::binary);
  if (!file) throw gfnet::FormatError(path_of(from), std::strerror(errno));
  const std::uintmax_t size = fs::file_size(path_of(from), error);
  file.peek();
  if (file.bad()) throw gfnet::FormatError(path_of(from), "cannot be read");
  part.restart();
  if (!error) part.check_space(static_cast<std::int64_t>(size));
  std::vector<char> piece(std::size_t{1} << 20);
  while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())), file.gcount() > 0) {
    part.append(piece.data(), static_cast<std::size_t>(file.gcount()));
  }
  if (!file.eof()) throw gfnet::FormatError(path_of(from), "cannot be read");
}

/// Downloads or copies the model and stores it in `store`. from: the value of --from, or empty for
/// the published checkpoint. Returns an empty text or, if a signal ended the download, how far the
/// download came (see download()).
std::string fetch(const gfnet::ZooModel& model, const ModelStore& store, const std::string& from) {
  const std::string origin = from.empty() ? model.source : from;
  PartFile part(store.part_path_of(model));
  try {
    if (is_address(origin)) {
      std::string interrupted_at = download(origin, part);
      if (!interrupted_at.empty()) return interrupted_at;
    } else {
      copy(origin, part);
    }
  } catch (const gfnet::FormatError&) {
    // A copy always starts again. A download continues from its part.
    if (part.size() == 0 || (part.has_restarted() && !is_address(origin))) part.discard();
    throw;
  } catch (const gfnet::Error& error) {  // of the download
    if (part.size() == 0) part.discard();
    throw gfnet::Error(
        fmt::format("{}: {}{}", origin, error.what(), from.empty() ? advice(model) : ""));
  }
  try {
    store.admit(model, part, origin);
  } catch (const gfnet::FormatError& error) {
    if (!is_same_file(origin, text_of(part.path()))) part.discard();
    // The error names the part file; the user knows the origin.
    throw gfnet::Error(
        fmt::format("{}: {}{}", origin, error.cause(), from.empty() ? advice(model) : ""));
  }
  return "";
}

/// Prints where the model is stored.
void report(const gfnet::ZooModel& model, const fs::path& path, const char* note) {
  std::printf("%s: %s (%s%s)\n", model.name.c_str(), gfnet::printable(text_of(path)).c_str(),
              megabytes(static_cast<std::int64_t>(fs::file_size(path))).c_str(), note);
  std::fflush(stdout);
}

/// Stores one model and prints where the model is stored. If an intact copy is already stored,
/// fetches nothing, unless --from names another source. Returns an empty text or, if a signal ended
/// the download, how far the download came (see download()).
std::string pull(const gfnet::ZooModel& model, const PullOptions& options) {
  if (model.bundled) {
    std::printf("%s: comes with gfnet\n", model.name.c_str());
    return "";
  }
  const fs::path directory =
      options.output.empty() ? gfnet::zoo_directory() : path_of(options.output);
  if (directory.empty()) throw gfnet::Error("there is no cache folder; name one with --output");
  const ModelStore store(directory);
  store.check_record_is_ours(model);
  const fs::path path = store.path_of(model);
  ModelStore::Condition condition = store.condition(model, /*thorough=*/true);
  // Somebody put this file here, or --from names it: check and record it. If it is another file,
  // the error says so, and the file stays, even if --from names a good one.
  if (condition == ModelStore::Condition::kUnrecorded) {
    store.adopt(model);
    condition = ModelStore::Condition::kIntact;
  }
  const bool wanted_anew = !options.from.empty() && !is_same_file(options.from, text_of(path));
  if (condition == ModelStore::Condition::kIntact && !wanted_anew) {
    report(model, path, ", already there");
    return "";
  }
  std::string interrupted_at = fetch(model, store, options.from);
  if (!interrupted_at.empty()) return interrupted_at;
  report(model, path,
         condition == ModelStore::Condition::kDamaged ? ", replaces a damaged file" : "");
  return "";
}

std::vector<const gfnet::ZooModel*> find_all(const PullOptions& options) {
  if (!options.from.empty() && options.names.size() != 1) {
    throw UsageError("pull: --from takes only one model");
  }
  if (options.from.find("://") != std::string::npos && !is_address(options.from)) {
    throw UsageError("pull: --from takes a file or an http or https address");
  }
  std::vector<const gfnet::ZooModel*> models;
  for (const std::string& name : options.names) {
    models.push_back(gfnet::find_zoo_model(name));
    if (models.back() == nullptr) {
      throw UsageError(fmt::format("pull: there is no model '{}'; see gfnet models", name));
    }
  }
  return models;
}

int pull_all(const PullOptions& options) {
  int status = kAllDone;
  check_not_stdout("pull: --output", options.output);
  OverwriteGuard::check_streams({is_address(options.from) ? "" : options.from});
  EndInTime end(nullptr);
  for (const gfnet::ZooModel* model : find_all(options)) {
    end.say([model] { say_notice(model->name + ": stopped; run the command again to continue"); });
    try {
      const std::string interrupted_at = pull(*model, options);
      if (interrupted_at.empty()) continue;
      std::fprintf(stderr, "gfnet: %s: stopped %s; run the command again to continue\n",
                   model->name.c_str(), interrupted_at.c_str());
      return kInterrupted;
    } catch (const std::exception& error) {
      std::fprintf(stderr, "gfnet: %s: %s\n", model->name.c_str(),
                   gfnet::printable(error.what()).c_str());
      status = kSomeFailed;
    }
  }
  return status;
}

}  // namespace

void add_pull(CommandLine& line) {
  Command command = line.add("pull", "Download models of the zoo (see gfnet models)");
  auto options = std::make_shared<PullOptions>();
  std::vector<std::string> names;
  for (const gfnet::ZooModel& model : gfnet::model_zoo()) names.push_back(model.name);
  command.option("NAME", options->names, "Names of the models").suggests(names).required();
  command
      .option("--output", options->output,
              "Folder to store them in; default: models in $GFNET_CACHE or the user's cache folder")
      .takes(ValueKind::kFolder);
  command
      .option("--from", options->from,
              "File or address to take the model from, instead of the published one")
      .takes(ValueKind::kFile);
  command.interruptible_action([options] { return pull_all(*options); });
}

}  // namespace app
