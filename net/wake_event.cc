#include "net/wake_event.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

#include "base/check.h"

namespace causeway {

WakeEvent::WakeEvent() : fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  CW_CHECK(fd_ >= 0, "no descriptor left");
}

WakeEvent::~WakeEvent() { close(fd_); }

void WakeEvent::wake() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(fd_, &one, sizeof one);  // full: it is awake already
}

void WakeEvent::clear() const {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto taken = read(fd_, &count, sizeof count);  // empty: nothing to forget
}

}  // namespace causeway
