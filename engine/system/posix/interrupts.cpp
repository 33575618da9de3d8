#include "system/interrupts.h"

#include <pthread.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmath>
#include <csignal>

namespace gfnet::system {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM};

/// Makes SIGALRM arrive after that time. 0 revokes it.
void set_alarm(double seconds) {
  itimerval alarm = {};
  alarm.it_value.tv_sec = static_cast<time_t>(seconds);
  alarm.it_value.tv_usec = static_cast<suseconds_t>((seconds - std::floor(seconds)) * 1'000'000);
  ::setitimer(ITIMER_REAL, &alarm, nullptr);
}

void mask_signals(int how) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : kSignals) sigaddset(&signals, signal);
  ::pthread_sigmask(how, &signals, nullptr);
}

}  // namespace

void hold_interrupts() { mask_signals(SIG_BLOCK); }

void release_interrupts() { mask_signals(SIG_UNBLOCK); }

void handle_interrupts(InterruptHandler handler) {
  for (const int signal : kSignals) {
    struct sigaction now = {};
    if (::sigaction(signal, nullptr, &now) == 0 && now.sa_handler != SIG_IGN) {
      std::signal(signal, handler);
    }
  }
  release_interrupts();
}

void end_by_interrupt(int kind) {
  std::signal(kind, SIG_DFL);
  std::raise(kind);  // delivered when the handler returns
}

void call_handler_after(double seconds, InterruptHandler handler) {
  std::signal(SIGALRM, handler);
  sigset_t alarm;
  sigemptyset(&alarm);
  sigaddset(&alarm, SIGALRM);
  ::pthread_sigmask(SIG_UNBLOCK, &alarm, nullptr);
  set_alarm(seconds);
}

void revoke_handler_call() { set_alarm(0); }

void end_now(int status) { ::_exit(status); }

}  // namespace gfnet::system
