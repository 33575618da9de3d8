#include <gfnet/zoo.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "command_line/command.h"
#include "command_line/command_line.h"
#include "completions/completions.h"
#include "system/paths.h"
#include "system/program.h"

/// Writes the completions of all shells to a folder:
///   gfnet_make_completions FOLDER
int main(int argc, char** argv) {
  const std::vector<std::string> words = gfnet::system::command_words(argc, argv);
  if (words.size() != 2) {
    std::fputs("usage: gfnet_make_completions FOLDER\n", stderr);
    return 2;
  }
  app::CommandLine line("gfnet", "", nullptr, "");
  app::add_all(line, {});
  const app::CommandSyntax program = line.syntax();
  std::vector<std::string> models;
  for (const gfnet::ZooModel& model : gfnet::model_zoo()) models.push_back(model.name);

  const std::filesystem::path folder = gfnet::system::path_of(words[1]);
  const std::pair<const char*, std::string> scripts[] = {
      {"gfnet", app::bash_completions(program, models)},
      {"_gfnet", app::zsh_completions(program, models)},
      {"gfnet.fish", app::fish_completions(program, models)}};
  for (const auto& [name, text] : scripts) {
    std::ofstream file(folder / name, std::ios::binary);
    file << text;
    file.close();
    if (file) continue;
    std::fprintf(stderr, "%s: cannot be written\n", gfnet::system::text_of(folder / name).c_str());
    return 1;
  }
  return 0;
}
