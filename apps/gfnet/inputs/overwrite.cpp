#include "inputs/overwrite.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "command_line/usage_error.h"
#include "inputs/file_identity.h"
#include "inputs/inputs.h"
#include "inputs/message_target.h"
#include "system/descriptor.h"
#include "system/folder_entries.h"
#include "system/paths.h"
#include "terminal/interrupt.h"
#include "terminal/terminal.h"

namespace app {
namespace {

using gfnet::system::path_of;
using gfnet::system::text_of;

namespace fs = std::filesystem;
namespace system = gfnet::system;

constexpr const char* kStdin = "stdin";  // its name in messages
constexpr std::array<std::pair<const char*, int>, 2> kStreams{
    {{"stdout", system::kStdout}, {"stderr", system::kStderr}}};

/// First bytes of files with gfnet's results: tables (two versions), CSV, JSON lines, Parquet,
/// arrays, HTML. No image file begins with any of these texts.
constexpr std::array<std::string_view, 8> kOurStarts{
    "image  ",      "picture  ", "path,class_1,", "path,error",
    "{\"path\":\"", "PAR1",      "\x93NUMPY",     "<!--gfnet report"};

bool holds_results(const std::string& path) {
  std::ifstream file(path_of(path), std::ios::binary);
  char start[16] = {};
  file.read(start, sizeof start);
  const std::string_view read(start, static_cast<std::size_t>(file.gcount()));
  return std::ranges::any_of(kOurStarts, [read](auto known) { return read.starts_with(known); });
}

/// Whether the path is a file that is not empty.
bool is_filled(const std::string& path) {
  std::error_code error;
  const auto bytes = fs::file_size(path_of(path), error);
  return !error && bytes > 0;
}

/// If messages would change the file `other`, this message goes elsewhere.
[[noreturn]] void refuse(const std::string& output, const std::string& other) {
  const auto messages = filled_identity_of(system::kStderr);
  if (messages &&
      messages == (other == kStdin ? identity_of(system::kStdin) : identity_of(other))) {
    silence_stderr();
  }
  throw UsageError(fmt::format("'{}' would overwrite '{}'", output, other));
}

/// The files that with_shards() gives for each of `files`. Empty names are left out.
std::vector<std::string> with_all_shards(const std::vector<std::string>& files) {
  std::vector<std::string> all;
  for (const std::string& file : files) {
    if (!file.empty()) std::ranges::move(with_shards(file), std::back_inserter(all));
  }
  return all;
}

InputSource checked(InputSource inputs, std::vector<std::pair<std::string, FileIdentity>> outputs) {
  if (outputs.empty()) return inputs;
  return [inputs = std::move(inputs), outputs = std::move(outputs)] {
    std::optional<Input> input = inputs();
    if (!input || !input->cause.empty()) return input;
    const std::optional<FileIdentity> identity = identity_of(input->file());
    for (const auto& [output, taken] : outputs) {
      if (identity == taken) refuse(output, input->file());
    }
    return input;
  };
}

std::vector<std::pair<std::string, FileIdentity>> identities(
    const std::vector<std::string>& paths) {
  std::vector<std::pair<std::string, FileIdentity>> found;
  for (const std::string& path : paths) {
    if (const auto identity = identity_of(path)) found.emplace_back(path, *identity);
  }
  return found;
}

/// Adds stdout and stderr if they append to files, and if `counts` says so of their descriptors.
std::vector<std::pair<std::string, FileIdentity>> with_streams(
    std::vector<std::pair<std::string, FileIdentity>> outputs,
    bool (*counts)(int descriptor) = [](int) { return true; }) {
  for (const auto& [name, stream] : kStreams) {
    const auto identity = filled_identity_of(stream);
    if (identity && counts(stream)) outputs.emplace_back(name, *identity);
  }
  return outputs;
}

}  // namespace

std::vector<std::string> with_shards(const std::string& file) {
  std::vector<std::string> files{file};
  std::error_code error;
  const bool is_folder = fs::is_directory(path_of(file), error);
  if (!is_folder && !file.ends_with(".index.json")) return files;
  const fs::path folder =
      is_folder ? path_of(file) : fs::absolute(path_of(file), error).parent_path();
  // A folder that cannot be read has no files that could be overwritten.
  static_cast<void>(gfnet::system::for_each_entry(folder, [&files](const auto& entry) {
    const std::string name = text_of(entry.path.filename());
    if (name.ends_with(".safetensors") || name.ends_with(".index.json")) {
      files.push_back(text_of(entry.path));
    }
  }));
  return files;
}

fs::path destination(const std::string& path) {
  constexpr int kMostLinks = 40;  // as many as Linux follows
  std::error_code error;
  fs::path place = fs::absolute(path_of(path), error);
  for (int links = 0; !error && links < kMostLinks; ++links) {
    std::error_code absent;
    if (!fs::is_symlink(fs::symlink_status(place, absent))) {
      place = fs::weakly_canonical(place, error);
      return error ? fs::path() : place;
    }
    place = place.parent_path() / fs::read_symlink(place, error);
  }
  return {};
}

bool is_same_file(const std::string& a, const std::string& b) {
  std::error_code error;
  const fs::file_status status = fs::status(path_of(a), error);
  if (fs::is_regular_file(status)) return fs::equivalent(path_of(a), path_of(b), error);
  if (fs::exists(status)) return false;
  const fs::path place = destination(a);
  return !place.empty() && place == destination(b);
}

void OverwriteGuard::check_streams(const std::vector<std::string>& files) {
  const auto streams = with_streams({});
  if (streams.empty()) return;
  for (const std::string& file : with_all_shards(files)) {
    const auto identity = identity_of(file);
    for (const auto& [name, appended] : streams) {
      if (identity == appended) refuse(name, file);
    }
  }
}

OverwriteGuard::OverwriteGuard(const std::vector<std::string>& outputs,
                               const std::vector<std::string>& files) {
  check_streams(files);
  const auto messages = identity_of(system::kStderr);
  std::vector<std::string> taken = with_all_shards(files);
  for (const std::string& output : outputs) {
    if (output.empty()) continue;
    for (const std::string& other : taken) {
      if (is_same_file(output, other)) refuse(output, other);
    }
    if (messages) check_no_messages_in(output, *messages);
    taken.push_back(output);
    outputs_.push_back(output);
  }
}

void OverwriteGuard::check_list(const std::vector<std::string>& paths) const {
  const auto list = Inputs::read_stdin(paths) ? identity_of(system::kStdin) : std::nullopt;
  if (!list) return;
  for (const auto& [output, identity] : with_streams(identities(outputs_))) {
    if (identity == list) refuse(output, kStdin);
  }
}

std::unique_ptr<HeldList> OverwriteGuard::check_inputs(
    const std::vector<std::string>& paths, const std::vector<std::string>& emptied) const {
  check_list(paths);
  const bool reads_stdin = Inputs::read_stdin(paths);
  std::vector<std::string> filled;
  std::ranges::copy_if(reads_stdin ? emptied : outputs_, std::back_inserter(filled), is_filled);
  std::vector<std::pair<std::string, FileIdentity>> taken = identities(filled);
  // The others are compared as the run lists its inputs, before anything is written to them.
  if (!reads_stdin) taken = with_streams(std::move(taken), may_be_listed);
  if (taken.empty()) return nullptr;
  std::unique_ptr<HeldList> held;
  if (reads_stdin) {
    const auto foreign = std::ranges::find_if_not(filled, holds_results);
    if (foreign != filled.end()) {
      throw UsageError(
          fmt::format("'{}' exists and holds no results of gfnet; it could be one of the inputs "
                      "that stdin names",
                      *foreign));
    }
    StatusLine status;
    status.show("reading the whole list first, because an output exists");
    held = std::make_unique<HeldList>(system::kStdin, kStdin);
  }
  Inputs inputs(paths, held.get());
  inputs.keep_archives_closed();
  const InputSource walk = checked([&inputs] { return inputs.next(); }, std::move(taken));
  while (!interrupted() && walk()) {
  }
  if (held) held->rewind();
  return held;
}

InputSource OverwriteGuard::watch(InputSource inputs) const {
  return checked(std::move(inputs), with_streams(identities(outputs_)));
}

}  // namespace app
