#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <optional>

#include "bench/flights.h"
#include "bench/load.h"
#include "bench/resp_reply.h"

namespace causeway::bench {
namespace {

/// A command in its RESP form; only the digits of the key change.
struct Template {
  Bytes bytes;
  std::size_t offset = 0;
};

Template encode(const Form& form) {
  Template made;
  made.bytes = "*" + std::to_string(form.arguments.size()) + "\r\n";
  for (std::size_t i = 0; i < form.arguments.size(); ++i) {
    const Bytes& argument = form.arguments[i];
    made.bytes += "$" + std::to_string(argument.size()) + "\r\n";
    if (i == form.which) made.offset = made.bytes.size() + form.offset;
    made.bytes += argument + "\r\n";
  }
  return made;
}

tl::unexpected<Error> broken(const std::string& what) {
  return fail_retryable(ErrorCode::unavailable, what + ": " + std::strerror(errno));
}

struct Connection {
  ~Connection() {
    if (fd >= 0) ::close(fd);
  }

  int fd = -1;
  Bytes out;
  std::size_t sent = 0;
  bool wants_write = false;
  Flights flights;
  RespReplies replies;
};

class RespLoad {
 public:
  explicit RespLoad(const LoadOptions& options)
      : options_(options),
        workload_(options.workload),
        epoll_(::epoll_create1(EPOLL_CLOEXEC)),
        buffer_(256 << 10, '\0') {
    for (const Operation each :
         {Operation::get, Operation::set, Operation::incr, Operation::sadd, Operation::ping}) {
      templates_.at(static_cast<std::size_t>(each)) = encode(form_of(each, options.workload));
    }
  }
  RespLoad(const RespLoad&) = delete;
  RespLoad& operator=(const RespLoad&) = delete;
  ~RespLoad() { ::close(epoll_); }

  Result<void> connect() {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(options_.host.c_str(), std::to_string(options_.port).c_str(), &hints, &found) != 0) {
      return fail(ErrorCode::invalid, "no such host: " + options_.host);
    }
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> held(found, ::freeaddrinfo);
    for (std::uint32_t i = 0; i < options_.connections; ++i) {
      auto connection = std::make_unique<Connection>();
      connection->fd = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
      if (connection->fd < 0) return broken("cannot open a socket");
      if (::connect(connection->fd, found->ai_addr, found->ai_addrlen) != 0) return broken("cannot connect");
      const int on = 1;
      ::setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      connection->out.reserve(64 << 10);
      epoll_event event{.events = EPOLLIN, .data = {.ptr = connection.get()}};
      if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection->fd, &event) != 0)
        return broken("cannot watch a socket");
      connections_.push_back(std::move(connection));
    }
    return {};
  }

  Result<Recorder> run() {
    ::prctl(PR_SET_TIMERSLACK, 1UL);
    Pace pace(options_.run);
    recorder_.begin(pace.from(), pace.until());
    if (!pace.open()) {
      for (auto& each : connections_) {
        queue(*each, pace.take(options_.pipeline), now_ns());
        CW_TRY_VOID(flush(*each));
      }
    }
    for (;;) {
      std::uint64_t now = now_ns();
      if (pace.over(now) && (under_way_ == 0 || now > pace.until() + drain_ns)) break;
      if (pace.open() && !pace.over(now)) CW_TRY_VOID(start_due(pace, now));
      CW_TRY_VOID(turn(pace));
    }
    if (under_way_ > 0) recorder_.fail(under_way_, "no answer");
    for (auto& each : connections_) {
      if (each->replies.errors() > 0) recorder_.fail(each->replies.errors(), each->replies.first_error());
    }
    recorder_.end();
    return std::move(recorder_);
  }

 private:
  void queue(Connection& to, std::uint64_t count, std::uint64_t due) {
    if (count == 0) return;
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto [operation, key] = workload_.next();
      const Template& form = templates_[static_cast<std::size_t>(operation)];
      const std::size_t at = to.out.size();
      to.out += form.bytes;
      write_digits(to.out.data() + at + form.offset, key);
    }
    to.flights.start(due, count);
    under_way_ += count;
  }

  Result<void> flush(Connection& to) {
    while (to.sent < to.out.size()) {
      const ssize_t sent =
          ::send(to.fd, to.out.data() + to.sent, to.out.size() - to.sent, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent < 0 && errno != EAGAIN) return broken("cannot send");
      if (sent < 0) break;
      to.sent += static_cast<std::size_t>(sent);
    }
    const bool all = to.sent == to.out.size();
    if (all) {
      to.out.clear();
      to.sent = 0;
    }
    if (to.wants_write == all) {
      to.wants_write = !all;
      epoll_event event{.events = EPOLLIN | (all ? 0U : EPOLLOUT), .data = {.ptr = &to}};
      ::epoll_ctl(epoll_, EPOLL_CTL_MOD, to.fd, &event);
    }
    return {};
  }

  /// Open loop: all that is due, dealt to the connections in turn, then one write for each that got some.
  Result<void> start_due(Pace& pace, std::uint64_t now) {
    const std::size_t first = next_;
    std::size_t dealt = 0;
    for (; pace.due() <= now && pace.take(1) == 1; ++dealt) {
      queue(*connections_[next_], 1, pace.due());
      pace.start_one();
      next_ = next_ + 1 == connections_.size() ? 0 : next_ + 1;
    }
    for (std::size_t i = 0; i < std::min(dealt, connections_.size()); ++i) {
      CW_TRY_VOID(flush(*connections_[(first + i) % connections_.size()]));
    }
    return {};
  }

  Result<void> turn(Pace& pace) {
    std::array<epoll_event, 64> events{};
    timespec wait{.tv_sec = 0, .tv_nsec = 100'000'000};
    if (pace.open()) {
      const std::uint64_t now = now_ns();
      const std::uint64_t due = std::max(pace.due(), now);
      if (!pace.over(now)) wait.tv_nsec = static_cast<long>(std::min<std::uint64_t>(due - now, 100'000'000));
    }
    const int ready = ::epoll_pwait2(epoll_, events.data(), events.size(), &wait, nullptr);
    for (int i = 0; i < ready; ++i) {
      const auto& event = events[static_cast<std::size_t>(i)];
      CW_TRY_VOID(serve(*static_cast<Connection*>(event.data.ptr), event.events, pace));
    }
    return {};
  }

  Result<void> serve(Connection& from, std::uint32_t events, Pace& pace) {
    if ((events & EPOLLOUT) != 0) CW_TRY_VOID(flush(from));
    if ((events & (EPOLLIN | EPOLLERR | EPOLLHUP)) == 0) return {};
    const ssize_t size = ::recv(from.fd, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (size == 0) return fail_retryable(ErrorCode::unavailable, "the server closed a connection");
    if (size < 0) return errno == EAGAIN || errno == EINTR ? Result<void>() : broken("cannot read");
    const std::uint64_t answered = from.replies.feed({buffer_.data(), static_cast<std::size_t>(size)});
    const std::uint64_t now = now_ns();
    from.flights.land(answered, now, recorder_);
    under_way_ -= answered;
    if (pace.open() || from.flights.under_way() > 0 || pace.over(now)) return {};
    queue(from, pace.take(options_.pipeline), now);
    return flush(from);
  }

  LoadOptions options_;
  Workload workload_;
  int epoll_;
  Bytes buffer_;
  std::array<Template, 5> templates_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::size_t next_ = 0;
  std::uint64_t under_way_ = 0;
  Recorder recorder_;
};

}  // namespace

Result<Recorder> load_resp(const LoadOptions& options) {
  RespLoad load(options);
  CW_TRY_VOID(load.connect());
  return load.run();
}

}  // namespace causeway::bench
