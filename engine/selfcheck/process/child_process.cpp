#include "selfcheck/process/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <iterator>
#include <thread>

#include "base/environment.h"
#include "gfnet/error.h"

extern char** environ;

namespace gfnet::selfcheck {
namespace {

/// How long a killed process is waited for.
constexpr std::chrono::seconds kDying{5};
/// How long a process is waited for when its standard input has ended.
constexpr std::chrono::seconds kEnding{2};
constexpr int kUsualSeconds = 60;

/// Writes all bytes. Stops if nobody reads: the reader's end says why.
void write_all(int fd, const std::string& bytes) {
  sigset_t pipe_signal;
  sigset_t before;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t count = write(fd, bytes.data() + at, bytes.size() - at);
    if (count > 0) at += static_cast<std::size_t>(count);
    if (count >= 0 || errno == EINTR) continue;
    sigset_t pending;
    int signal = 0;
    if (errno == EPIPE && sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1) {
      sigwait(&pipe_signal, &signal);
    }
    break;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace

void fail_check(const std::string& what) {
  throw UnsupportedError("check: " + what + "; GFNET_CHECK=off skips the check");
}

int time_limit() {
  const auto given = seconds_variable("GFNET_CHECK_SECONDS");
  return given ? static_cast<int>(given->count()) : kUsualSeconds;
}

std::vector<std::string> fields_of(std::string_view line) {
  std::vector<std::string> fields;
  for (std::size_t tab = line.find('\t'); tab != std::string_view::npos; tab = line.find('\t')) {
    fields.emplace_back(line.substr(0, tab));
    line.remove_prefix(tab + 1);
  }
  fields.emplace_back(line);
  return fields;
}

Pipe::Pipe() {
  int ends[2];
  // At once: another thread may start a process, which must not inherit the ends.
  if (pipe2(ends, O_CLOEXEC) != 0) fail_check(std::string("no pipe: ") + std::strerror(errno));
  read_end.reset(ends[0]);
  write_end.reset(ends[1]);
}

ChildProcess::ChildProcess(const std::vector<std::string>& program, const std::string& input) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input_.read_end.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output_.write_end.get(), STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  // A group of its own: a Ctrl-C on the terminal is for the program only.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  std::vector<char*> arguments;
  for (const std::string& argument : program) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  const int error =
      posix_spawn(&pid_, program.front().c_str(), &actions, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    pid_ = -1;
    fail_check(program.front() + " cannot be started: " + std::strerror(error));
  }
  output_.write_end.reset();
  input_.read_end.reset();
  write_all(input_.write_end.get(), input);
}

ChildProcess::~ChildProcess() {
  input_.write_end.reset();  // the process ends, and leaves no mark
  const auto deadline = std::chrono::steady_clock::now() + kEnding;
  while (pid_ > 0 && std::chrono::steady_clock::now() < deadline) {
    if (waitpid(pid_, nullptr, WNOHANG) != 0) pid_ = -1;
    if (pid_ > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  if (pid_ > 0) end(true);
}

bool ChildProcess::take_line(std::string& line) {
  for (std::size_t end = buffer_.find('\n'); end != std::string::npos; end = buffer_.find('\n')) {
    line = buffer_.substr(0, end);
    buffer_.erase(0, end + 1);
    if (line.starts_with(kMark)) return true;
  }
  return false;
}

ChildProcess::Read ChildProcess::read_line(std::string& line,
                                           std::chrono::steady_clock::time_point deadline) {
  while (!take_line(line)) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return Read::kTimeout;
    pollfd waiting{output_.read_end.get(), POLLIN, 0};
    if (poll(&waiting, 1, static_cast<int>(left.count())) <= 0) continue;
    std::array<char, 4096> bytes;
    const ssize_t count = read(output_.read_end.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return Read::kEnd;
    buffer_.append(bytes.data(), static_cast<std::size_t>(count));
  }
  return Read::kLine;
}

std::string ChildProcess::end(bool kills) {
  if (kills) kill(pid_, SIGKILL);
  int status = 0;
  // A process that waits for a driver in the kernel may not even be killed.
  const auto deadline = std::chrono::steady_clock::now() + kDying;
  pid_t ended = 0;
  while ((ended = waitpid(pid_, &status, kills ? WNOHANG : 0)) <= 0) {
    if (ended < 0 && errno != EINTR) break;
    if (kills && std::chrono::steady_clock::now() > deadline) break;
    if (kills) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  pid_ = -1;
  if (ended <= 0) return "the process does not end";
  if (!WIFSIGNALED(status)) {
    return fmt::format("the process ended with status {}", WEXITSTATUS(status));
  }
  const int signal = WTERMSIG(status);
  const std::string how =
      fmt::format("the process was killed by signal {} ({})", signal, strsignal(signal));
  constexpr int kFromOutside[] = {SIGHUP, SIGINT, SIGKILL, SIGPIPE, SIGQUIT, SIGTERM};
  if (!kills && std::ranges::find(kFromOutside, signal) != std::end(kFromOutside)) fail_check(how);
  return how;
}

}  // namespace gfnet::selfcheck
