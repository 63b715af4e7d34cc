// SIGTERM and SIGINT as something to read, so that no code runs in a signal handler.
#pragma once

namespace causeway {

class StopSignals {
 public:
  /// Holds the signals back from all threads that are started later. REQUIRES: no other thread runs yet.
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// Readable once a signal has come.
  [[nodiscard]] int fd() const { return fd_; }
  /// The signal that has come, 0 if none.
  [[nodiscard]] int take();

 private:
  int fd_;
};

}  // namespace causeway
