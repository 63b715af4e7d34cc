// Random nodes and a random network, against what a client may say: every call ends once and in time, and what it says
// of the outcome is true of what the nodes did.
#include <rapidcheck.h>

#include <rapidcheck/catch.h>

#include "base/random.h"
#include "tests/client/engine_fixture.h"

namespace causeway {
namespace {

struct Executed {
  std::uint64_t unknown = 0;  ///< tries that were executed, whether or not an answer came
  std::set<RequestId> ids;    ///< on those tries
  bool without_id = false;
};

/// The nodes: each request is executed or not, and answered truly, or not at all.
class Nodes {
 public:
  Nodes(EngineFixture& fixture, std::uint64_t seed) : f_(fixture), random_(seed) {}

  void step() {
    f_.pump();
    for (EngineFixture::Sent& each : std::exchange(f_.sent, {})) held_.push_back(std::move(each));
    if (random_.chance(1, 20) && !f_.peers.empty()) toggle_some_peer();
    if (held_.empty() || random_.chance(1, 3)) return f_.pass(Micros(random_.below(200'000)));
    const std::size_t at = random_.below(held_.size());
    const EngineFixture::Sent request = std::exchange(held_[at], std::move(held_.back()));
    held_.pop_back();
    act(request);
  }

  /// By the value that the call writes.
  std::map<Bytes, Executed> executed;

 private:
  void act(const EngineFixture::Sent& sent) {
    const Bytes call(sent.request.arguments[2]);
    const bool lost = down_.contains(sent.node);
    if (random_.chance(1, 2)) {
      Executed& all = executed[call];
      ++all.unknown;
      if (sent.request.request_id) all.ids.insert(*sent.request.request_id);
      all.without_id = all.without_id || !sent.request.request_id;
      if (lost || random_.chance(1, 3)) return;
      if (random_.chance(1, 2)) return f_.answer(sent, Value(Status{"OK"}));
      return f_.answer(sent, an_error(ErrorCode::timeout, ErrorTag::ambiguous));
    }
    if (lost || random_.chance(1, 3)) return;
    const bool fatal = random_.chance(1, 4);
    f_.answer(sent, an_error(fatal ? ErrorCode::wrong_type : ErrorCode::unavailable,
                             fatal ? ErrorTag::fatal : ErrorTag::retryable));
  }

  void toggle_some_peer() {
    auto peer = f_.peers.begin();
    std::advance(peer, static_cast<std::ptrdiff_t>(random_.below(f_.peers.size())));
    if (down_.erase(peer->first) > 0) {
      f_.come_back(peer->first);
    } else {
      down_.insert(peer->first);
      f_.lose_connection(peer->first);
    }
  }

  EngineFixture& f_;
  Random random_;
  std::set<std::string> down_;
  std::vector<EngineFixture::Sent> held_;
};

TEST_CASE("what a call says of its outcome is true") {
  rc::prop("for any network", [](std::uint64_t seed, bool ids, bool elsewhere) {
    ClientOptions options = EngineFixture::with_topology();
    options.automatic_request_ids = ids;
    options.failover_to_other_datacenters = elsewhere;
    EngineFixture f(options);
    f.start();
    Nodes nodes(f, seed);
    constexpr int calls = 20;
    std::map<int, MonoTime> deadlines;
    for (int i = 0; i < calls; ++i) {
      const int call =
          f.submit({i % 2 == 0 ? "incr" : "set", "k" + std::to_string(i % 5), std::to_string(i)});
      deadlines[call] = f.now.mono + Micros(options.timeout);
      for (int steps = 0; steps < 5; ++steps) nodes.step();
    }
    while (f.now.mono < deadlines[calls - 1] + 2ms) {
      nodes.step();
      for (const auto& [call, deadline] : deadlines) {
        RC_ASSERT(f.results.contains(call) || f.now.mono <= deadline + 1ms);
      }
    }
    for (const auto& [call, result] : f.results) {
      const Executed& done = nodes.executed[std::to_string(call)];
      const bool counts = call % 2 == 0;
      if (result) RC_ASSERT(done.unknown > 0);
      if (!result && result.error().tag != ErrorTag::ambiguous) RC_ASSERT(done.unknown == 0);
      if (counts && ids) RC_ASSERT(done.ids.size() <= 1 && !done.without_id);
      if (counts && !ids) RC_ASSERT(done.unknown <= 1);
    }
  });
}

}  // namespace
}  // namespace causeway
