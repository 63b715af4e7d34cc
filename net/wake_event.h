// Wakes a thread that waits in poll(), from any thread or signal handler.
#pragma once

namespace causeway {

class WakeEvent {
 public:
  WakeEvent();
  ~WakeEvent();
  WakeEvent(const WakeEvent&) = delete;
  WakeEvent& operator=(const WakeEvent&) = delete;

  void wake() const;
  /// Forgets all that was woken so far.
  void clear() const;
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

}  // namespace causeway
