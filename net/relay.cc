#include "net/relay.h"

#include <sys/epoll.h>

#include <algorithm>
#include <charconv>
#include <list>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <utility>

#include "base/random.h"
#include "net/line_server.h"
#include "net/poller.h"
#include "net/relay_connection.h"
#include "net/steady_clock.h"

namespace causeway {
namespace {

using nlohmann::json;

struct Route {
  Route(Poller& poller, RelayRoute r, LinkState& l, Fd fd, const std::function<void(Route&)>& accept)
      : route(std::move(r)),
        link(l),
        listener(std::move(fd)),
        watch(poller, listener.get(), [this, accept](std::uint32_t) { accept(*this); }) {}
  RelayRoute route;
  LinkState& link;
  Fd listener;
  Poller::Watch watch;
};

/// One line, whatever bytes the strings hold.
std::string line_of(const json& answer) { return answer.dump(-1, ' ', true, json::error_handler_t::replace); }

std::string error_line(const std::string& sentence) { return line_of({{"error", sentence}}); }

std::int64_t milliseconds(Micros time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

}  // namespace

struct Relay::Parts {
  Result<void> open();
  LinkState& link_between(const std::string& a, const std::string& b);
  LinkState* find_link(const std::string& a, const std::string& b);
  void accept(Route& route);
  void advance();
  [[nodiscard]] std::optional<MonoTime> due() const;
  std::string command(BytesView line);
  std::string change(const std::vector<std::string>& words);
  [[nodiscard]] std::string state() const;

  RelayOptions options;
  Random random{0};
  Poller poller;
  std::list<LinkState> links;  // their addresses stay
  std::list<Route> routes;
  std::list<RelayConnection> connections;
  std::unique_ptr<LineServer> control;
};

Relay::Relay(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Relay::~Relay() = default;

Result<std::unique_ptr<Relay>> Relay::open(RelayOptions options) {
  auto parts = std::make_unique<Parts>();
  parts->options = std::move(options);
  CW_TRY_VOID(parts->open());
  return std::unique_ptr<Relay>(new Relay(std::move(parts)));
}

Result<void> Relay::Parts::open() {
  random = Random(options.seed);
  for (const RelayLink& link : options.links) link_between(link.a, link.b).link = link;
  for (const RelayRoute& route : options.routes) {
    CW_TRY(Fd listener, listen_tcp(route.listen, RelayLimits::backlog));
    routes.emplace_back(poller, route, link_between(route.from, route.to), std::move(listener),
                        [this](Route& at) { accept(at); });
  }
  CW_TRY(Fd listener, listen_tcp(options.control, RelayLimits::backlog));
  control = std::make_unique<LineServer>(
      poller, std::move(listener),
      LineLimits{RelayLimits::command_bytes_max, RelayLimits::control_connections_max},
      [this](BytesView line) { return command(line); });
  advance();
  return {};
}

LinkState* Relay::Parts::find_link(const std::string& a, const std::string& b) {
  const auto found = std::find_if(links.begin(), links.end(), [&](const LinkState& each) {
    return (each.link.a == a && each.link.b == b) || (each.link.a == b && each.link.b == a);
  });
  return found == links.end() ? nullptr : &*found;
}

LinkState& Relay::Parts::link_between(const std::string& a, const std::string& b) {
  if (LinkState* known = find_link(a, b)) return *known;
  links.push_back({{a, b}, false, {}});
  return links.back();
}

void Relay::Parts::accept(Route& route) {
  Fd accepted = accept_tcp(route.listener);
  if (!accepted || connections.size() >= RelayLimits::connections_max) return;
  auto dialled = connect_tcp(route.route.target);
  if (!dialled) return;  // the caller sees its connection close
  connections.emplace_back(poller, route.link, route.link.link.a == route.route.from, random,
                           std::move(accepted), std::move(*dialled));
}

void Relay::Parts::advance() {
  const MonoTime now = steady_now();
  for (RelayConnection& each : connections) each.advance(now);
  connections.remove_if([](const RelayConnection& each) { return each.over(); });
  const bool room = connections.size() < RelayLimits::connections_max;
  for (Route& route : routes) route.watch.want(room && !route.link.cut ? EPOLLIN : 0U);
  if (control) control->tidy();
}

std::optional<MonoTime> Relay::Parts::due() const {
  std::optional<MonoTime> first;
  for (const RelayConnection& each : connections) {
    const auto due = each.due();
    if (due && (!first || *due < *first)) first = due;
  }
  return first;
}

void Relay::run(int stop_fd) {
  bool stop = false;
  Poller::Watch watch(parts_->poller, stop_fd, [&](std::uint32_t) { stop = true; });
  watch.want(EPOLLIN);
  while (!stop) {
    const auto due = parts_->due();
    parts_->poller.wait(due ? std::optional(*due - steady_now()) : std::nullopt);
    parts_->advance();
  }
}

std::string Relay::Parts::command(BytesView line) {
  std::istringstream in{std::string(line)};
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  if (words == std::vector<std::string>{"state"}) return state();
  if (words == std::vector<std::string>{"heal"}) {
    for (LinkState& link : links) link.cut = false;
    return state();
  }
  return change(words);
}

std::string Relay::Parts::change(const std::vector<std::string>& words) {
  const std::string verb = words.empty() ? "" : words[0];
  const bool delay = verb == "delay" && words.size() == 4;
  if (!delay && !((verb == "cut" || verb == "heal") && words.size() == 3)) {
    return error_line("no such command: use cut A B, heal [A B], delay A B MS, state");
  }
  LinkState* link = find_link(words[1], words[2]);
  if (link == nullptr) {
    return error_line("no link between '" + words[1] + "' and '" + words[2] + "': state lists the links");
  }
  if (!delay) {
    link->cut = verb == "cut";
    return state();
  }
  std::uint32_t ms = 0;
  const char* end = words[3].data() + words[3].size();
  const auto parsed = std::from_chars(words[3].data(), end, ms);
  if (parsed.ec != std::errc() || parsed.ptr != end || ms > RelayLimits::delay_ms_max) {
    return error_line("'" + words[3] + "' is no delay: give milliseconds, 0 to " +
                      std::to_string(RelayLimits::delay_ms_max));
  }
  link->link.delay = std::chrono::milliseconds(ms);
  return state();
}

std::string Relay::Parts::state() const {
  json list = json::array();
  for (const LinkState& link : links) {
    std::size_t open = 0;
    std::size_t held = 0;
    for (const RelayConnection& each : connections) {
      if (&each.link() != &link) continue;
      ++open;
      held += each.held_bytes();
    }
    list.push_back({{"between", {link.link.a, link.link.b}},
                    {"cut", link.cut},
                    {"delay_ms", milliseconds(link.link.delay)},
                    {"jitter_ms", milliseconds(link.link.jitter)},
                    {"connections", open},
                    {"bytes", {link.bytes[0], link.bytes[1]}},
                    {"held_bytes", held}});
  }
  return line_of({{"links", list}});
}

}  // namespace causeway
