// Proves with real processes that a node whose folder was emptied, damaged or replaced by an old copy comes back right, or
// refuses and says why; never does it answer with what is wrong.
#include <csignal>
#include <filesystem>
#include <fstream>

#include "base/random.h"
#include "tests/server/support.h"

using namespace causeway;
using namespace causeway::test;

namespace {

constexpr Level local_one{Level::Kind::local_one, 0};
constexpr int keys = 60;

/// Three nodes; what happens, happens to the third.
struct Three {
  explicit Three(int number)
      : first(number), topology(folder.write("three.yaml", one_datacenter(number, 3))) {
    for (int node = 1; node <= 3; ++node) start(node, true);
    for (auto& daemon : daemons) REQUIRE(daemon->says("ready"));
  }
  void start(int node, bool found = false) {
    const std::string name = "a" + std::to_string(node);
    std::vector<std::string> words{"--topology", topology, "--node", name, "--data", folder.path(name)};
    if (found) words.insert(words.end(), {"--found", "1"});
    daemons[node - 1] = std::make_unique<Daemon>(words);
  }
  void write(int round) {
    Asker client(host(first));
    for (int key = 0; key < keys; ++key) {
      CHECK(client.text({"set", "k" + std::to_string(key), std::to_string(round) + std::string(200, 'x')}) ==
            "OK");
      CHECK(client.text({"sadd", "s", std::to_string(round) + "-" + std::to_string(key)}) == "1");
    }
  }
  void kill(int signal = SIGKILL) {
    daemons[2]->signal(signal);
    daemons[2]->wait();
  }
  [[nodiscard]] std::string third() const { return folder.path("a3"); }
  void replace_third(const std::string& by) const {
    std::filesystem::remove_all(third());
    std::filesystem::copy(by, third(), std::filesystem::copy_options::recursive);
  }
  /// Reads all at the third node alone: every answer is right, or an error that mends itself.
  void require_right(int round) {
    Asker client(host(first + 2));
    const auto end = std::chrono::steady_clock::now() + 30s;
    for (int key = 0; key < keys; ++key) {
      const std::string right = std::to_string(round) + std::string(200, 'x');
      for (;;) {
        const auto result = client.ask({"get", "k" + std::to_string(key)}, local_one);
        if (const auto* value = std::get_if<Value>(&result)) {
          REQUIRE(*value == Value(Bytes(right)));
          break;
        }
        REQUIRE(std::chrono::steady_clock::now() < end);
      }
    }
    while (client.text({"scard", "s"}, local_one) != std::to_string((round + 1) * keys)) {
      REQUIRE(std::chrono::steady_clock::now() < end);
    }
  }

  Folder folder;
  int first;
  std::string topology;
  std::unique_ptr<Daemon> daemons[3];
};

/// Flips one bit among what was written of the file.
void flip(const std::string& path, Random& random) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), {});
  const std::size_t used = bytes.find_last_not_of('\0') + 1;
  if (used == 0) return;  // a spare segment
  const std::size_t at = random.below(used);
  file.clear();
  file.seekp(static_cast<std::streamoff>(at));
  file.put(static_cast<char>(bytes[at] ^ (1 << random.below(8))));
}

}  // namespace

TEST_CASE("a_node_whose_folder_was_emptied_comes_back_with_all_of_it") {
  Three three(60);
  three.write(0);
  three.kill();
  std::filesystem::remove_all(three.third());
  three.start(3);
  REQUIRE(three.daemons[2]->says("its data folder is empty"));
  REQUIRE(three.daemons[2]->says("has caught up after a loss, and serves"));
  three.require_right(0);
  three.write(1);
  three.require_right(1);
}

TEST_CASE("a_node_whose_folder_was_restored_from_an_old_copy_catches_up_under_a_new_identity") {
  Three three(65);
  three.write(0);
  three.kill(SIGTERM);
  const std::string copy = three.folder.path("copy");
  std::filesystem::copy(three.third(), copy, std::filesystem::copy_options::recursive);
  three.start(3);
  REQUIRE(three.daemons[2]->says("ready"));
  three.write(1);
  three.kill();
  three.replace_third(copy);
  three.start(3);
  REQUIRE(three.daemons[2]->says("older copy"));
  REQUIRE(three.daemons[2]->says("has caught up after a loss, and serves"));
  three.require_right(1);
}

TEST_CASE("a_node_whose_state_was_cut_short_says_so_when_it_meets_the_end") {
  Three three(75);
  three.write(0);
  three.kill(SIGTERM);
  const std::string file = three.third() + "/shards/0/state/data.mdb";
  std::filesystem::resize_file(file, 3 * 4096);  // two heads and a page
  three.start(3);
  CHECK(three.daemons[2]->wait() != 0);
  CHECK(three.daemons[2]->errors().find("start with an empty one") != std::string::npos);
}

TEST_CASE("a_node_whose_files_were_damaged_repairs_itself_or_says_why_it_does_not_start") {
  Three three(70);
  three.write(0);
  three.kill(SIGTERM);
  const std::string copy = three.folder.path("copy");
  std::filesystem::copy(three.third(), copy, std::filesystem::copy_options::recursive);
  Random random(4);
  for (int i = 0; i < 8; ++i) {
    three.replace_third(copy);
    for (const auto& file : std::filesystem::directory_iterator(
             three.third() + (i % 3 == 0 ? "/shards/0/log" : "/shards/0/state"))) {
      if (file.path().filename() == "lock.mdb") continue;
      for (int bit = 0; bit < 8; ++bit) flip(file.path(), random);
    }
    three.start(3);
    if (three.daemons[2]->tells(" ready")) {
      three.require_right(0);
      three.kill();
      continue;
    }
    INFO(three.daemons[2]->errors());
    const int status = three.daemons[2]->wait();
    CHECK((status == 3 || status == -SIGBUS || status == -SIGSEGV));
    CHECK(three.daemons[2]->errors().find("start with an empty one") != std::string::npos);
    std::filesystem::remove_all(three.third());
    three.start(3);
    REQUIRE(three.daemons[2]->says("has caught up after a loss, and serves"));
    three.require_right(0);
    three.kill();
  }
}
