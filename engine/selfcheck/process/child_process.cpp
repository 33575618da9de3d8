#include "selfcheck/process/child_process.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <span>
#include <thread>

#include "base/environment.h"
#include "gfnet/error.h"
#include "system/file.h"
#include "system/waiting.h"

namespace gfnet::selfcheck {
namespace {

/// How long a killed process is waited for.
constexpr std::chrono::seconds kDying{5};
/// How long a process is waited for when its standard input has ended.
constexpr std::chrono::seconds kEnding{2};
constexpr int kUsualSeconds = 60;

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
  const int error = system::make_pipe(read_end, write_end);
  if (error != 0) fail_check(std::string("no pipe: ") + std::strerror(error));
}

ChildProcess::ChildProcess(const std::vector<std::string>& program, const std::string& input) {
  const int error = process_.start(program, input_.read_end.get(), output_.write_end.get());
  if (error != 0) {
    fail_check(program.front() + " cannot be started: " + std::strerror(error));
  }
  output_.write_end.reset();
  input_.read_end.reset();
  system::write_while_read(input_.write_end.get(), input);
}

ChildProcess::~ChildProcess() {
  input_.write_end.reset();  // the process ends, and leaves no mark
  const auto deadline = std::chrono::steady_clock::now() + kEnding;
  system::ProcessEnd ignored;
  while (process_.is_started() && std::chrono::steady_clock::now() < deadline) {
    if (process_.look(/*waits=*/false, ignored) == system::Process::State::kRuns) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  if (process_.is_started()) end(true);
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
    if (!system::wait_for_input(output_.read_end.get(), left)) continue;
    std::array<char, 4096> bytes;
    const std::ptrdiff_t count =
        system::read_file(output_.read_end.get(), std::as_writable_bytes(std::span(bytes)));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return Read::kEnd;
    buffer_.append(bytes.data(), static_cast<std::size_t>(count));
  }
  return Read::kLine;
}

std::string ChildProcess::end(bool kills) {
  using State = system::Process::State;
  if (kills) process_.kill();
  // A process that waits for a driver in the kernel may not even be killed.
  const auto deadline = std::chrono::steady_clock::now() + kDying;
  system::ProcessEnd end;
  State state = State::kRuns;
  while ((state = process_.look(/*waits=*/!kills, end)) == State::kRuns) {
    if (kills && std::chrono::steady_clock::now() > deadline) break;
    if (kills) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  process_.forget();
  if (state != State::kEnded) return "the process does not end";
  if (end.killed_by.empty()) return fmt::format("the process ended with status {}", end.status);
  const std::string how = fmt::format("the process was killed by {}", end.killed_by);
  if (!kills && end.is_from_outside) fail_check(how);
  return how;
}

}  // namespace gfnet::selfcheck
