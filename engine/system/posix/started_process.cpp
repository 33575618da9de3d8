#include "system/started_process.h"

#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <iterator>

#ifdef __APPLE__
#include <crt_externs.h>
#else
extern char** environ;
#endif

namespace gfnet::system {
namespace {

char** own_environment() {
#ifdef __APPLE__
  return *::_NSGetEnviron();  // `environ` is for programs, not for libraries
#else
  return ::environ;
#endif
}

ProcessEnd end_of(int status) {
  if (!WIFSIGNALED(status)) return {.status = WEXITSTATUS(status)};
  constexpr int kFromOutside[] = {SIGHUP, SIGINT, SIGKILL, SIGPIPE, SIGQUIT, SIGTERM};
  const int signal = WTERMSIG(status);
  return {.killed_by = "signal " + std::to_string(signal) + " (" + ::strsignal(signal) + ")",
          .is_from_outside = std::ranges::find(kFromOutside, signal) != std::end(kFromOutside)};
}

}  // namespace

int Process::start(const std::vector<std::string>& command, int input, int output) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  // A group of its own: a Ctrl-C on the terminal is for this program only.
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  std::vector<char*> arguments;
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  pid_t started = -1;
  const int error = ::posix_spawn(&started, command.front().c_str(), &actions, &attributes,
                                  arguments.data(), own_environment());
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error == 0) process_ = started;
  return error;
}

// -1 would stand for all processes.
void Process::kill() {
  if (process_ > 0) ::kill(static_cast<pid_t>(process_), SIGKILL);
}

void Process::forget() { process_ = -1; }

Process::State Process::look(bool waits, ProcessEnd& end) {
  if (process_ <= 0) return State::kUnknown;
  int status = 0;
  const pid_t ended = ::waitpid(static_cast<pid_t>(process_), &status, waits ? 0 : WNOHANG);
  if (ended == 0 || (ended < 0 && errno == EINTR)) return State::kRuns;
  process_ = -1;
  if (ended < 0) return State::kUnknown;
  end = end_of(status);
  return State::kEnded;
}

void write_while_read(int pipe, std::string_view bytes) {
  sigset_t pipe_signal;
  sigset_t before;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
  while (!bytes.empty()) {
    const ssize_t count = ::write(pipe, bytes.data(), bytes.size());
    if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
    if (count >= 0 || errno == EINTR) continue;
    sigset_t pending;
    int signal = 0;
    if (errno == EPIPE && sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1) {
      sigwait(&pipe_signal, &signal);
    }
    break;
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace gfnet::system
