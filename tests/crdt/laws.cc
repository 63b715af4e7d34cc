#include "tests/crdt/laws.h"

#include <catch2/catch.hpp>
#include <deque>
#include <rapidcheck/catch.h>

#include "tests/crdt/dialogue.h"

namespace causeway::testing {
namespace {

constexpr std::int64_t wall_start_ms = 1'000'000;

std::string line_of(const std::vector<Bytes>& arguments) {
  std::string line;
  for (const Bytes& argument : arguments) line += argument + " ";
  return line;
}

struct State {
  std::vector<Entry> entries;
  VersionVector clock;

  friend bool operator==(const State&, const State&) = default;
};

State merged(const State& a, const State& b) {
  State both{merge(a.entries, a.clock, b.entries, b.clock), a.clock};
  both.clock.join(b.clock);
  return both;
}

class Trial {
 public:
  // Skewed clocks, so that who writes later may have the lower stamp; two without skew, so that stamps tie.
  explicit Trial(const TypeUnderTest& type)
      : type_(type),
        judge_(type.judge ? type.judge() : Judge()),
        replicas_{Replica(1), Replica(2, -500), Replica(3, 500), Replica(4)} {}

  void run(const Step& step) {
    ++steps_;
    Replica& at = replicas_[step.replica % replicas_.size()];
    Replica& other = replicas_[step.a % replicas_.size()];
    const bool connected = side(at) == side(other);
    switch (step.kind) {
      case Step::Kind::write: write(at, step); break;
      case Step::Kind::deliver: deliver(at, step.a); break;
      case Step::Kind::catch_up:
        if (connected) catch_up(at, other.clock());
        break;
      case Step::Kind::merge:
        if (connected) at.merge_from(other);
        break;
      case Step::Kind::cut: cut_ = step.a % 2 == 0 ? 0 : step.b; break;
    }
    check(at);
  }

  /// Everything to everyone: all are equal, byte for byte.
  void heal(unsigned salt) {
    cut_ = 0;
    for (Replica& at : replicas_) {
      while (at.clock().events() < writes_.size()) {
        salt = salt * 1664525U + 1013904223U;
        deliver(at, salt >> 8U);
      }
      check(at);
      RC_ASSERT(at.entries().all() == replicas_.front().entries().all());
    }
  }

  void check_merges() {
    const auto state = [&](std::size_t i) {
      return State{replicas_[i].entries().all(), replicas_[i].clock()};
    };
    const State a = state(0);
    const State b = state(1);
    const State c = state(2);
    RC_ASSERT(merged(a, a) == a);
    RC_ASSERT(merged(a, b) == merged(b, a));
    RC_ASSERT(merged(merged(a, b), c) == merged(a, merged(b, c)));
    RC_ASSERT(merged(merged(a, b), a) == merged(a, b));
    RC_ASSERT(merged(a, b).clock.covers(a.clock));
  }

 private:
  [[nodiscard]] unsigned side(const Replica& at) const { return (cut_ >> (at.actor().value - 1)) & 1U; }

  void write(Replica& at, const Step& step) {
    Write write;
    write.arguments = type_.draw(step.b, step.c, static_cast<unsigned>(writes_.size()));
    write.past = at.clock();
    write.wall_ms = wall_start_ms + steps_ / 4;
    const Done done = at.issue(write.arguments, write.wall_ms);
    if (!done.event) return;
    write.dot = done.event->dot;
    write.hlc = done.event->hlc;
    write.reply = *done.reply;
    writes_.push_back(std::move(write));
    events_.push_back(*done.event);
  }

  void deliver(Replica& to, unsigned which) {
    std::vector<const EventDraft*> ready;
    for (const EventDraft& event : events_) {
      if (to.clock().covers(event.dot) || !to.is_ready_for(event)) continue;
      const bool reachable = std::any_of(replicas_.begin(), replicas_.end(), [&](const Replica& from) {
        return from.clock().covers(event.dot) && side(from) == side(to);
      });
      if (reachable) ready.push_back(&event);
    }
    if (!ready.empty()) to.apply(*ready[which % ready.size()]);
  }

  void catch_up(Replica& at, const VersionVector& clock) {
    for (const EventDraft& event : events_) {
      if (clock.covers(event.dot) && !at.clock().covers(event.dot)) at.apply(event);
    }
  }

  /// A new replica with the same events, in another causal order.
  [[nodiscard]] Replica replay(const VersionVector& clock, unsigned salt) const {
    Replica fresh(99);
    std::vector<const EventDraft*> left;
    for (const EventDraft& event : events_) {
      if (clock.covers(event.dot)) left.push_back(&event);
    }
    while (!left.empty()) {
      salt = salt * 1664525U + 1013904223U;
      const std::size_t start = (salt >> 8U) % left.size();
      for (std::size_t i = 0; i < left.size(); ++i) {
        const auto at = left.begin() + static_cast<std::ptrdiff_t>((start + i) % left.size());
        if (!fresh.is_ready_for(**at)) continue;
        fresh.apply(**at);
        left.erase(at);
        break;
      }
    }
    return fresh;
  }

  void check(Replica& at) {
    RC_ASSERT(at.entries().all() == replay(at.clock(), static_cast<unsigned>(steps_)).entries().all());
    Seen seen;
    for (const Write& write : writes_) {
      if (at.clock().covers(write.dot)) seen.push_back(&write);
    }
    for (const auto& read : type_.reads) check_read(at, read, seen);
  }

  void check_read(Replica& at, const std::vector<Bytes>& read, const Seen& seen) {
    const auto expected = type_.oracle ? type_.oracle(read, seen) : std::nullopt;
    if (!expected && !judge_) return;
    const Done done = at.issue(read, wall_start_ms + steps_ / 4);
    if (expected && (!done.reply || *done.reply != *expected)) {
      RC_FAIL("replica " + std::to_string(at.actor().value) + ": " + line_of(read) + "answers " +
              (done.reply ? show(*done.reply) : to_string(done.reply.error())) + ", expected " +
              show(*expected) + story(seen));
    }
    if (!judge_) return;
    RC_ASSERT(done.reply.has_value());
    judge_(read, seen, *done.reply);
  }

  [[nodiscard]] static std::string story(const Seen& seen) {
    std::string text;
    for (const Write* write : seen) {
      text += "\n  " + std::to_string(write->dot.actor.value) + ":" + std::to_string(write->dot.counter) +
              " " + line_of(write->arguments) + "having seen";
      for (const Write* other : seen) {
        if (write->saw(*other))
          text += " " + std::to_string(other->dot.actor.value) + ":" + std::to_string(other->dot.counter);
      }
    }
    return text;
  }

  const TypeUnderTest& type_;
  Judge judge_;
  std::vector<Replica> replicas_;
  std::deque<Write> writes_;
  std::deque<EventDraft> events_;  // of each write, in an order that respects causality
  unsigned cut_ = 0;               // one bit per replica: which side it is on
  std::int64_t steps_ = 0;
};

}  // namespace

void holds_all_laws(const TypeUnderTest& type) {
  rc::prop("in every schedule", [&type](unsigned salt) {
    Trial trial(type);
    for (const Step& step : any_schedule()) trial.run(step);
    trial.check_merges();
    trial.heal(salt);
  });
}

}  // namespace causeway::testing
