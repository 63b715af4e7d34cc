#include "server/signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>

#include "base/check.h"

namespace causeway {

StopSignals::StopSignals() {
  sigset_t stops;
  sigemptyset(&stops);
  sigaddset(&stops, SIGTERM);
  sigaddset(&stops, SIGINT);
  CW_CHECK(pthread_sigmask(SIG_BLOCK, &stops, nullptr) == 0, "the signals exist");
  fd_ = signalfd(-1, &stops, SFD_NONBLOCK | SFD_CLOEXEC);
  CW_CHECK(fd_ >= 0, "no descriptor left");
}

StopSignals::~StopSignals() { close(fd_); }

int StopSignals::take() {
  signalfd_siginfo info{};
  return read(fd_, &info, sizeof info) == sizeof info ? static_cast<int>(info.ssi_signo) : 0;
}

}  // namespace causeway
