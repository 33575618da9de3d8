#include "system/program.h"

#include <unistd.h>

#include <cerrno>

namespace gfnet::system {

std::vector<std::string> command_words(int argc, char** argv) { return {argv, argv + argc}; }

int become(const std::filesystem::path& program, const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  ::execv(program.c_str(), arguments.data());
  return errno;
}

int process_number() { return ::getpid(); }

}  // namespace gfnet::system
