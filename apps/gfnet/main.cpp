#include "run_command.h"

int main(int argc, char** argv) { return app::run_command(argc, argv); }
