// Proves that a real node of several shards is one node to those who use it, and keeps all that it was told when their number
// changes between starts, however it ended.
#include <csignal>
#include <filesystem>
#include <regex>

#include "tests/server/support.h"

using namespace causeway;
using namespace causeway::test;

namespace {

class ShardedNode {
 public:
  explicit ShardedNode(int number) : number_(number) {}

  std::vector<std::string> arguments(int shards, bool found = false) const {
    const std::string text = std::regex_replace(one_datacenter(number_, 1), std::regex("}"),
                                                ", shards: " + std::to_string(shards) + "}");
    std::vector<std::string> words{"--topology", folder.write("one.yaml", text), "--node", "a1", "--data",
                                   data()};
    if (found) words.insert(words.end(), {"--found", "c0ffee"});
    return words;
  }
  [[nodiscard]] std::string data() const { return folder.path("a1"); }
  [[nodiscard]] Endpoint shard(int k) const {
    return {host(number_), static_cast<std::uint16_t>(7400 + 10 * k)};
  }

  Folder folder;

 private:
  int number_;
};

/// Ready as a whole.
bool becomes_ready(const std::string& at) {
  for (const auto end = std::chrono::steady_clock::now() + 30s; std::chrono::steady_clock::now() < end;) {
    httplib::Client client(at, 7480);
    const auto answer = client.Get("/readyz");
    if (answer && answer->status == 200) return true;
  }
  return false;
}

std::string name(int i) { return "k" + std::to_string(i); }

}  // namespace

TEST_CASE("the_shards_of_a_node_serve_all_its_keys_and_their_number_is_free_to_change") {
  const ShardedNode node(90);
  int count = 0;
  bool first = true;
  for (const auto& [shards, ending] :
       {std::pair(2, SIGKILL), {3, SIGTERM}, {1, SIGKILL}, {4, SIGTERM}, {4, SIGTERM}}) {
    Daemon daemon(node.arguments(shards, std::exchange(first, false)));
    REQUIRE(becomes_ready(host(90)));
    CHECK(std::filesystem::exists(node.data() + "/shards/" + std::to_string(shards - 1)));
    CHECK_FALSE(std::filesystem::exists(node.data() + "/shards/" + std::to_string(shards)));
    CHECK_FALSE(std::filesystem::exists(node.data() + "/shards.new"));
    Asker front(node.shard(0));
    Asker back(node.shard(shards - 1));
    for (int i = 0; i < count; ++i)
      REQUIRE((i % 2 == 0 ? front : back).text({"get", name(i)}) == std::to_string(i));
    for (const int end = count + 30; count < end; ++count) {
      REQUIRE((count % 3 == 0 ? front : back).text({"set", name(count), std::to_string(count)}) == "OK");
    }
    daemon.signal(ending);
    CHECK(daemon.wait() == (ending == SIGKILL ? -SIGKILL : 0));
  }
}

TEST_CASE("a_change_of_shards_that_was_cut_short_is_begun_anew") {
  const ShardedNode node(91);
  {
    Daemon daemon(node.arguments(1, true));
    REQUIRE(becomes_ready(host(91)));
    CHECK(Asker(node.shard(0)).text({"set", "k", "v"}) == "OK");
    daemon.signal(SIGTERM);
    CHECK(daemon.wait() == 0);
  }
  std::filesystem::create_directories(node.data() + "/shards.new/0/log");
  node.folder.write("a1/shards.new/0/log/junk", "x");
  Daemon daemon(node.arguments(2));
  REQUIRE(becomes_ready(host(91)));
  CHECK(daemon.says("the data is laid out for 1 shards: it moves to 2"));
  CHECK(Asker(node.shard(1)).text({"get", "k"}) == "v");
  CHECK_FALSE(std::filesystem::exists(node.data() + "/shards.new"));
}

TEST_CASE("a_data_folder_of_an_earlier_layout_is_left_alone") {
  const ShardedNode node(92);
  std::filesystem::create_directories(node.data() + "/log");
  node.folder.write("a1/causeway.lock", "");
  Daemon daemon(node.arguments(1, true));
  CHECK(daemon.wait() == 3);
  CHECK(daemon.errors().find("laid out by an earlier version") != std::string::npos);
}

TEST_CASE("the_shared_port_of_shards_is_not_shared_with_another_program") {
  const ShardedNode node(93);
  const auto other = listen_tcp({host(93), 7379}, 1);
  REQUIRE(other);
  Daemon daemon(node.arguments(2, true));
  CHECK(daemon.wait() == 3);
  CHECK(daemon.errors().find("cannot listen for RESP on " + host(93) + ":7379") != std::string::npos);
}
