#include "cli/readiness.h"

#include <httplib.h>
#include <signal.h>

#include <thread>

namespace causeway::cli {
namespace {

constexpr auto poll_every = std::chrono::milliseconds(30);
constexpr std::size_t log_lines = 12;

volatile sig_atomic_t interrupted = 0;

/// While it lives, SIGINT and SIGTERM only set `interrupted`.
class CatchInterrupt {
 public:
  CatchInterrupt() {
    interrupted = 0;
    struct sigaction action{};
    action.sa_handler = [](int) { interrupted = 1; };
    sigaction(SIGINT, &action, &before_int_);
    sigaction(SIGTERM, &action, &before_term_);
  }
  ~CatchInterrupt() {
    sigaction(SIGINT, &before_int_, nullptr);
    sigaction(SIGTERM, &before_term_, nullptr);
  }
  CatchInterrupt(const CatchInterrupt&) = delete;
  CatchInterrupt& operator=(const CatchInterrupt&) = delete;

 private:
  struct sigaction before_int_{};
  struct sigaction before_term_{};
};

/// What is still missing; empty: ready.
std::string missing(const Endpoint& http) {
  httplib::Client client(http.host, http.port);
  client.set_connection_timeout(std::chrono::milliseconds(300));
  client.set_read_timeout(std::chrono::milliseconds(1000));
  const auto answer = client.Get("/readyz");
  if (!answer) return "no answer at " + to_string(http);
  if (answer->status == 200) return "";
  return answer->body.empty() ? "status " + std::to_string(answer->status) : answer->body.substr(0, 300);
}

tl::unexpected<Error> failed(const Process& node, const std::string& how) {
  const std::string log = tail_of(node.log, log_lines);
  return fail_retryable(
      ErrorCode::unavailable,
      node.name + ' ' + how + (log.empty() ? "" : "; the end of " + node.log + ":\n" + log));
}

}  // namespace

Result<void> wait_until_ready(std::vector<Starting> nodes, std::chrono::milliseconds at_most) {
  const CatchInterrupt catch_interrupt;
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  std::string why;
  while (!nodes.empty()) {
    for (const Starting& node : nodes) {
      if (const auto end = how_it_ended(node.process)) return failed(node.process, *end);
    }
    if (interrupted != 0) return fail_retryable(ErrorCode::unavailable, "interrupted");
    if (std::chrono::steady_clock::now() >= deadline) {
      return failed(nodes.front().process,
                    "was not ready within " + std::to_string(at_most.count() / 1000) + " s (" + why + ")");
    }
    std::erase_if(nodes, [&](const Starting& node) {
      std::string now_missing = missing(node.http);
      if (now_missing.empty()) return true;
      if (&node == &nodes.front()) why = std::move(now_missing);
      return false;
    });
    if (!nodes.empty()) std::this_thread::sleep_for(poll_every);
  }
  return {};
}

}  // namespace causeway::cli
