// Answers lines of text over TCP, one line each.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <string>

#include "net/poller.h"
#include "net/tcp.h"

namespace causeway {

struct LineLimits {
  std::size_t line_bytes_max = 1024;
  std::size_t connections_max = 16;
};

class LineServer {
 public:
  using Answer = std::function<std::string(BytesView line)>;

  LineServer(Poller& poller, Fd listener, LineLimits limits, Answer answer);
  ~LineServer();

  /// Forgets connections that ended. To be called after every wait.
  void tidy();

 private:
  struct Connection;
  void accept();
  void serve(Connection& connection);

  Poller& poller_;
  LineLimits limits_;
  Answer answer_;
  Fd listener_;
  Poller::Watch watch_;
  std::list<std::unique_ptr<Connection>> connections_;
};

}  // namespace causeway
