// A real process under load, killed at random moments: what it acknowledged is there, and the state is what its events make.
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <sstream>

#include "base/random.h"
#include "engines.h"
#include "history.h"
#include "kill_history.h"
#include "storage/data_folder.h"
#include "storage/file_log.h"
#include "storage/lmdb_state.h"

using namespace causeway;
using namespace causeway::testing;

namespace {

/// A pipe from a child process, read up to its end.
class Child {
 public:
  Child(const std::string& folder, std::uint64_t seed) {
    int out[2];
    REQUIRE(::pipe(out) == 0);
    const std::string seed_text = std::to_string(seed);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(out[1], STDOUT_FILENO);
      ::close(out[0]);
      ::close(out[1]);
      ::execl(CAUSEWAY_KILL_TARGET, CAUSEWAY_KILL_TARGET, folder.c_str(), seed_text.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(out[1]);
    from_ = out[0];
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() { ::close(from_); }

  /// Reads until the child has printed so much, or closed its end, or for so long.
  void read(std::size_t bytes_max, int ms_max) {
    char buffer[4096];
    pollfd readable{from_, POLLIN, 0};
    while (text_.size() < bytes_max && ::poll(&readable, 1, ms_max) > 0) {
      const ssize_t got = ::read(from_, buffer, sizeof buffer);
      if (got <= 0) return;
      text_.append(buffer, static_cast<std::size_t>(got));
    }
  }

  /// Kills it, and gives the clock of all that it acknowledged.
  VersionVector kill() {
    ::kill(pid_, SIGKILL);
    read(std::string::npos, -1);
    int status = 0;
    REQUIRE(::waitpid(pid_, &status, 0) == pid_);
    REQUIRE(WIFSIGNALED(status));
    text_.resize(text_.rfind('\n') == std::string::npos ? 0 : text_.rfind('\n') + 1);
    std::istringstream lines(text_);
    VersionVector acknowledged;
    Dot dot;
    while (lines >> dot.actor.value >> dot.counter) acknowledged.raise(dot);
    return acknowledged;
  }

 private:
  pid_t pid_ = 0;
  int from_ = -1;
  std::string text_;
};

/// Most often under load, now and then while it starts.
VersionVector run_and_kill(const std::string& folder, Random& random) {
  Child child(folder, random.next());
  const bool starting = random.chance(1, 4);
  child.read(starting ? 1 : 1 + random.below(6000), starting ? static_cast<int>(random.below(10)) : -1);
  return child.kill();
}

std::uint64_t rounds() {
  const char* asked = std::getenv("CAUSEWAY_KILL_ROUNDS");
  return asked == nullptr ? 20 : std::strtoull(asked, nullptr, 10);
}

}  // namespace

TEST_CASE("every_acknowledged_event_survives_sigkill") {
  Random random(run_seed());
  TemporaryFolder parent;
  VersionVector acknowledged;
  Model model;
  for (std::uint64_t round = 0; round < rounds(); ++round) {
    INFO("round " << round);
    acknowledged.join(run_and_kill(parent.path(), random));
    const auto folder = DataFolder::open(parent.path());
    REQUIRE(folder);
    InlineWorker at_once;
    FileEventLog log(folder->shard(0).log(), kill_log_limits, at_once, at_once);
    const auto state = LmdbStateStore::open(folder->shard(0).state(), {});
    REQUIRE(state);
    const auto store = ShardStore::open(log, **state, {kill_partition}, {});
    INFO((store ? "" : to_string(store.error())));
    REQUIRE(store);
    const Partition& partition = (*store)->partition(kill_partition);
    REQUIRE(partition.clock().covers(acknowledged));
    while (model.clock().events() < partition.clock().events()) model.apply(kill_event(model.clock()));
    model.check(partition);
  }
  CHECK((rounds() < 10 || model.clock().events() > 100));
}
