// Everything that a store does, at any moment of anything else: events, reads, sweeps, checkpoints beside the loop that end late,
// never, or find the disk full; states built beside and put in place; the death of the process, and power cuts. After each step it
// is what its events make, and it has counted its memory right.
#include <catch2/catch.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "engines.h"
#include "storage/keys.h"
#include "storage/memory_log.h"
#include "storage/memory_state.h"
#include "store_steps.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

/// One partition's events, by where they stand in the log, since the state that needs none of them.
struct Lived {
  Model model;
  Model base;
  std::vector<std::pair<Sequence, EventDraft>> events;
};

class Attack {
 public:
  Attack(const std::string& engine, std::uint64_t seed)
      : random_(seed),
        history_(seed),
        log_(make_log_engine(engine, small_segments, beside(engine))),
        state_(make_state_engine(engine, plenty)) {
    draw_limits();
    open();
  }

  void step() {
    switch (random_.below(24)) {
      case 0: return store_->make_room();
      case 1: return begin();
      case 2:
      case 3: return advance();
      case 4: return later_.run_all();
      case 5: return beside_.run_some(1 + random_.below(3));
      case 6: return write();
      case 7: return random_.chance(1, 3) ? crash(random_.chance(1, 2)) : write();
      case 8: return fill_disk();
      case 9: return stage();
      case 10: return absorb();
      case 11: return random_.chance(1, 2) ? adopt() : unstage();
      case 12: return trim();
      case 13: return note();
      case 14: return random_.chance(1, 4) ? checkpoint() : sync();
      case 15: return empty_an_object();
      default: return issue(history_.next(of_[at_ = random_.below(4) == 0 ? 1 : 0].model));
    }
  }

  void check() {
    for (std::size_t i = 0; i < 2; ++i) {
      const Partition& partition = store_->partition(name_of(i));
      REQUIRE(partition.clock() == of_[i].model.clock());
      REQUIRE(partition.entries() == of_[i].model.entries().size());
      REQUIRE(partition.damage() == nullptr);
      look(partition, of_[i].model);
    }
    const auto value = store_->note("n");
    REQUIRE(value);
    REQUIRE(*value == (noted_ == 0 ? std::optional<Bytes>() : std::to_string(noted_)));
    if (random_.chance(1, 6)) check_all();
  }

  void check_all() {
    for (std::size_t i = 0; i < 2; ++i) of_[i].model.check(store_->partition(name_of(i)));
    const auto verified = store_->verify();
    INFO((verified ? "" : to_string(verified.error())));
    REQUIRE(verified);
  }

  void end() {
    give_room();
    later_.run_all();
    REQUIRE(store_->checkpoint(MonoTime()));
    check_all();
    crash(true);
    check_all();
  }

 private:
  static PartitionId name_of(std::size_t at) { return at == 0 ? p : q; }
  LateWorker* beside(const std::string& engine) { return engine == "memory" ? &beside_ : nullptr; }

  void draw_limits() {
    static constexpr std::size_t tiers[] = {0, 500, 4000, 1 << 20};
    limits_.tier_bytes_max = tiers[random_.below(4)];
    limits_.whole_entries_max = random_.below(7);
    limits_.whole_bytes_max = random_.below(4) * 200;
    limits_.piece_bytes_max = random_.chance(1, 2) ? 0 : 1 << 20;
    limits_.forgotten_in_turn_max = random_.chance(1, 2) ? 1 : 1000;
    limits_.packed_bytes_min = random_.chance(1, 2) ? 24 : 512;
    limits_.log_bytes_max = random_.chance(1, 2) ? 8192 : 1 << 24;
    limits_.detached_entries_min = random_.chance(2, 3) ? 1 : 1000;
  }

  void open() {
    auto store = ShardStore::open(log_->log(), state_->state(), {p, q}, limits_, later_);
    INFO((store ? "" : to_string(store.error())));
    REQUIRE(store);
    store_ = std::move(*store);
  }

  void issue(const EventDraft& event) {
    Lived& lived = of_[at_];
    const auto applied = store_->partition(name_of(at_)).apply(*DraftedEvent(event), random_.chance(1, 2));
    if (!applied) {
      INFO(to_string(applied.error()));
      REQUIRE(applied.error().code == ErrorCode::storage_full);
      return;
    }
    lived.model.apply(event);
    lived.events.emplace_back(log_->log().last(), event);
    if (at_ == 0 && staged_) late_.push_back(event);
  }

  void empty_an_object() {
    const Lived& lived = of_[at_];
    if (lived.model.entries().empty()) return;
    EventDraft event = put(lived.model, "b", member, "x", ActorId{1});
    const Entry& any = some_entry(lived.model);
    event.mutations.assign(1, RangeRemoval{any.key, {}, lived.model.clock()});
    issue(event);
  }

  const Entry& some_entry(const Model& model) {
    auto at = model.entries().begin();
    std::advance(at, static_cast<std::ptrdiff_t>(random_.below(model.entries().size())));
    return *at;
  }

  /// Reads some objects in all ways, also one within a visit to another.
  void look(const Partition& partition, const Model& model) {
    if (model.entries().empty()) return;
    const Entry& one = some_entry(model);
    const Entry& other = some_entry(model);
    std::vector<Entry> expected;
    std::vector<Entry> expected_below;
    const Bytes prefix = one.path.substr(0, random_.below(one.path.size() + 1));
    for (const Entry& entry : model.entries()) {
      if (entry.key == one.key && entry.path == one.path) expected.push_back(entry);
      if (entry.key == one.key && entry.path.starts_with(prefix)) expected_below.push_back(entry);
    }
    std::vector<Entry> found;
    const auto take = [&](const EntryView& entry) {
      found.push_back({one.key, Bytes(entry.path), entry.dot, Bytes(entry.payload)});
      const auto inner = partition.at(other.key, other.path, [](const EntryView&) { return true; });
      REQUIRE(inner);
      ObjectSummary summary;
      REQUIRE(partition.summary(one.key, BytesView(one.path).substr(0, parse_path(one.path)->base), summary));
      REQUIRE(partition.summary("none of this name", {}, summary));
      return true;
    };
    REQUIRE(partition.at(one.key, one.path, take));
    REQUIRE(found == expected);
    found.clear();
    REQUIRE(partition.scan(one.key, prefix, take));
    REQUIRE(found == expected_below);
  }

  void begin() {
    if (store_->checkpointing()) return;
    write();
    store_->begin_checkpoint(MonoTime());
    was_full_ = is_full_;
    noted_at_begin_ = noted_;
  }
  void advance() {
    if (store_->checkpointing()) write();
    ended(store_->advance_checkpoint());
  }
  void ended(const Result<bool>& outcome) {
    if (!outcome) {
      INFO(to_string(outcome.error()));
      REQUIRE(was_full_);
      REQUIRE(outcome.error().code == ErrorCode::storage_full);
    } else if (*outcome) {
      noted_durable_ = noted_at_begin_;
    }
  }
  void checkpoint() {
    give_room();
    REQUIRE(store_->checkpoint(MonoTime()));
    noted_durable_ = noted_;
  }
  void write() { REQUIRE(store_->write()); }
  void sync() {
    write();
    if (random_.chance(1, 2)) {
      REQUIRE(store_->sync());
    } else {
      REQUIRE(store_->start_sync());
      REQUIRE(store_->settle());
    }
  }

  void fill_disk() {
    auto* const memory = dynamic_cast<MemoryStateStore*>(&state_->state());
    if (memory == nullptr) return;
    is_full_ = random_.chance(1, 2);
    was_full_ = was_full_ || is_full_;
    memory->set_bytes_max(is_full_ ? 0 : plenty);
  }
  void give_room() {
    is_full_ = false;
    if (auto* const memory = dynamic_cast<MemoryStateStore*>(&state_->state())) memory->set_bytes_max(plenty);
  }

  void crash(bool power_cut) {
    const Sequence durable = log_->log().durable();
    store_.reset();
    staged_ = false;
    later_.drop_all();
    if (power_cut) {
      log_->cut_power();
    } else {
      log_->restart();
    }
    state_->restart();
    if (random_.chance(1, 3)) draw_limits();
    open();
    const Sequence last = log_->log().last();
    REQUIRE(last >= durable);
    for (Lived& lived : of_) {
      std::erase_if(lived.events, [last](const auto& row) { return row.first > last; });
      lived.model = lived.base;
      for (const auto& [sequence, event] : lived.events) lived.model.apply(event);
    }
    const auto value = store_->note("n");
    REQUIRE(value);
    const std::uint64_t noted = *value ? std::stoull(**value) : 0;
    REQUIRE(noted >= noted_durable_);
    REQUIRE(noted <= noted_);
    noted_ = noted_durable_ = noted;
  }

  void note() {
    ++noted_;
    if (random_.chance(3, 4)) return store_->set_note("n", std::to_string(noted_));
    give_room();
    REQUIRE(store_->set_note_now("n", std::to_string(noted_)));
    noted_durable_ = noted_;
  }

  void trim() {
    for (std::size_t i = 0; i < 2; ++i) {
      if (random_.chance(1, 2)) store_->set_stable(name_of(i), of_[i].model.clock());
    }
    REQUIRE(store_->trim());
  }

  // A second state of p is built from what p had at some time, and from its later events, some of which it may have already.

  void stage() {
    if (random_.chance(2, 3)) return;
    Partition& staged = store_->stage(p);
    staged_ = true;
    late_.clear();
    const Lived& lived = of_[0];
    const std::vector<Entry> all(lived.model.entries().begin(), lived.model.entries().end());
    for (std::size_t from = 0; from < all.size();) {
      std::size_t end = std::min(all.size(), from + 1 + random_.below(20));
      while (end < all.size() && all[end].key == all[end - 1].key && all[end].path == all[end - 1].path)
        ++end;
      REQUIRE(staged.take(
          {all.begin() + static_cast<std::ptrdiff_t>(from), all.begin() + static_cast<std::ptrdiff_t>(end)}));
      from = end;
    }
    // What is claimed may be older than what was taken.
    const std::size_t before = random_.below(lived.events.size() + 1);
    Model older = lived.base;
    for (std::size_t i = 0; i < lived.events.size(); ++i) {
      if (i < before) {
        older.apply(lived.events[i].second);
      } else {
        late_.push_back(lived.events[i].second);
      }
    }
    staged.claim(older.clock(), {});
  }

  void absorb() {
    if (!staged_) return;
    for (std::size_t left = random_.below(late_.size() + 1); left > 0; --left) {
      REQUIRE(store_->staged(p)->absorb(*DraftedEvent(late_.front())));
      late_.erase(late_.begin());
    }
  }

  void adopt() {
    if (!staged_) return;
    for (const EventDraft& event : late_) REQUIRE(store_->staged(p)->absorb(*DraftedEvent(event)));
    late_.clear();
    Model ahead = of_[0].model;
    std::vector<EventDraft> more;
    for (std::size_t left = random_.below(5); left > 0; --left) {
      more.push_back(history_.next(ahead));
      ahead.apply(more.back());
      REQUIRE(store_->staged(p)->absorb(*DraftedEvent(more.back())));
    }
    const auto adopted = store_->adopt(p, random_.chance(1, 2), MonoTime());
    if (!adopted) {
      REQUIRE(is_full_);
      REQUIRE(adopted.error().code == ErrorCode::storage_full);
      return unstage();
    }
    noted_durable_ = noted_;
    staged_ = false;
    of_[0] = {ahead, ahead, {}};
  }

  void unstage() {
    store_->unstage(p);
    staged_ = false;
  }

  Random random_;
  History history_;
  LateWorker beside_;
  LateWorker later_;
  std::unique_ptr<LogEngine> log_;
  std::unique_ptr<StateEngine> state_;
  StoreLimits limits_;
  std::unique_ptr<ShardStore> store_;
  Lived of_[2];
  std::size_t at_ = 0;
  bool staged_ = false;
  std::vector<EventDraft> late_;  ///< events of p that the staged state has not absorbed
  bool is_full_ = false;
  bool was_full_ = false;  ///< since the checkpoint under way was begun
  std::uint64_t noted_ = 0;
  std::uint64_t noted_at_begin_ = 0;
  std::uint64_t noted_durable_ = 0;
};

/// Does what it is given on a thread of its own.
class ThreadWorker final : public Worker {
 public:
  ThreadWorker() : thread_([this] { run(); }) {}
  ThreadWorker(const ThreadWorker&) = delete;
  ThreadWorker& operator=(const ThreadWorker&) = delete;
  ~ThreadWorker() override {
    {
      const std::lock_guard held(mutex_);
      ends_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }
  void start(std::function<void()> work) override {
    {
      const std::lock_guard held(mutex_);
      work_.push_back(std::move(work));
    }
    wake_.notify_one();
  }

 private:
  void run() {
    for (;;) {
      std::function<void()> work;
      {
        std::unique_lock held(mutex_);
        wake_.wait(held, [this] { return ends_ || !work_.empty(); });
        if (work_.empty()) return;
        work = std::move(work_.front());
        work_.pop_front();
      }
      work();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> work_;
  bool ends_ = false;
  std::thread thread_;
};

}  // namespace

TEST_CASE("whatever_happens_at_whatever_moment_a_store_is_what_its_events_make") {
  const std::string engine = GENERATE(as<std::string>(), "memory", "disk");
  const std::uint64_t seed = run_seed() + GENERATE(range<std::uint64_t>(1, 31));
  INFO(engine << ", seed " << seed);
  Attack attack(engine, seed);
  for (int step = 0; step < 400; ++step) {
    attack.step();
    attack.check();
  }
  attack.end();
}

TEST_CASE("a_checkpoint_on_a_thread_of_its_own_sees_only_what_was_frozen") {
  const std::uint64_t seed = run_seed() + GENERATE(range<std::uint64_t>(1, 6));
  INFO("seed " << seed);
  Random random(seed);
  History history(seed);
  Model model;
  const auto log = make_log_engine("disk", small_segments);
  const auto state = make_state_engine("disk", plenty);
  ThreadWorker beside;
  StoreLimits limits;
  limits.tier_bytes_max = 2000;
  limits.whole_entries_max = random.below(5);
  limits.whole_bytes_max = 200;
  limits.detached_entries_min = 3;
  for (int life = 0; life < 3; ++life) {
    auto store = ShardStore::open(log->log(), state->state(), {p, q}, limits, beside);
    INFO((store ? "" : to_string(store.error())));
    REQUIRE(store);
    int checkpoints = 0;
    for (int step = 0; step < 20000 && checkpoints < 12; ++step) {
      if (step < 2000) apply(**store, model, history.next(model));
      if (step % 16 == 0) {
        REQUIRE((*store)->write());
        if (!(*store)->checkpointing()) (*store)->begin_checkpoint(MonoTime());
      }
      const auto ended = (*store)->advance_checkpoint();
      REQUIRE(ended);
      if (*ended) ++checkpoints;
      if (random.chance(1, 40)) model.check((*store)->partition(p));
      if (random.chance(1, 8)) (*store)->make_room();
    }
    REQUIRE((*store)->write());
    if (life == 1) (*store)->begin_checkpoint(MonoTime());
    if (life == 1) REQUIRE((*store)->advance_checkpoint());
    store->reset();  // also while it writes
    log->restart();
    state->restart();
  }
}

TEST_CASE("a_note_that_has_room_is_stored_after_a_checkpoint_that_had_none") {
  MemoryEventLog log;
  MemoryStateStore state;
  LateWorker later;
  auto opened = ShardStore::open(log, state, {p, q}, {.packed_bytes_min = 10000}, later);
  REQUIRE(opened);
  ShardStore& store = **opened;
  Model model;
  apply(store, model, put(model, "key", member, Bytes(1000, 'x')));
  store.set_note("n", "old");
  REQUIRE(store.write());
  REQUIRE(store.sync());
  store.begin_checkpoint(MonoTime());
  REQUIRE(store.advance_checkpoint());
  state.set_bytes_max(500);
  later.run_all();
  REQUIRE(store.set_note_now("n", "new"));
  CHECK(store.note("n")->value() == "new");
  CHECK_FALSE(store.checkpoint(MonoTime()));
  state.set_bytes_max(plenty);
  REQUIRE(store.checkpoint(MonoTime()));
  CHECK(store.note("n")->value() == "new");
  model.check(store.partition(p));
}

TEST_CASE("marks_of_what_was_trimmed_leave_the_state_also_after_a_checkpoint_that_failed") {
  MemoryEventLog log(small_segments);
  MemoryStateStore state;
  auto store = opened(log, state);
  Model model;
  for (int i = 0; i < 400; ++i) apply(*store, model, put(model, "key", member, "payload"));
  REQUIRE(store->checkpoint(MonoTime()));
  for (int i = 0; i < 400; ++i) apply(*store, model, put(model, "key", member, "payload"));
  state.set_bytes_max(0);
  REQUIRE_FALSE(store->checkpoint(MonoTime()));
  store->set_stable(p, model.clock());
  REQUIRE(store->trim());
  REQUIRE(log.first().value > 1);
  state.set_bytes_max(plenty);
  REQUIRE(store->checkpoint(MonoTime()));
  const Bytes head = keys::marks(p);
  REQUIRE(state.scan(head, [&](BytesView key, BytesView) {
    if (key.starts_with(head)) CHECK(*keys::parse_mark(key) >= log.first());
    return key.starts_with(head);
  }));
}
