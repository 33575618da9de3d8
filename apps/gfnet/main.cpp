#include "run_command.h"
#include "system/program.h"

int main(int argc, char** argv) {
  return app::run_command(gfnet::system::command_words(argc, argv));
}
