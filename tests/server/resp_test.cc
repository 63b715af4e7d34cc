// The RESP port of a real node, as the clients that people have see it.
#include <sys/wait.h>

#include <cstdio>

#include "tests/server/support.h"

using namespace causeway;
using namespace causeway::test;

namespace {

struct RespNode {
  explicit RespNode(int number, int nodes = 1)
      : at(host(number)),
        daemon({"--topology", folder.write("one.yaml", one_datacenter(number, nodes)), "--node", "a1",
                "--data", folder.path("a1"), "--found", "c0ffee"}) {}

  /// What redis-cli prints, run with these arguments by a shell.
  [[nodiscard]] std::string cli(const std::string& arguments) const {
    return run("redis-cli -h " + at + " -p 7379 " + arguments).second;
  }
  /// Status and output, standard error included.
  static std::pair<int, std::string> run(const std::string& line) {
    FILE* const pipe = popen((line + " 2>&1").c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string output;
    char buffer[4096];
    for (std::size_t count = 0; (count = fread(buffer, 1, sizeof buffer, pipe)) > 0;)
      output.append(buffer, count);
    const int status = pclose(pipe);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, output};
  }

  Folder folder;
  std::string at;
  Daemon daemon;
};

}  // namespace

TEST_CASE("a_user_of_redis_cli_finds_what_he_knows") {
  RespNode node(40);
  REQUIRE(node.daemon.says("ready"));
  CHECK(node.cli("ping") == "PONG\n");
  CHECK(node.cli("set k v") == "OK\n");
  CHECK(node.cli("get k") == "v\n");
  CHECK(node.cli("get nobody") == "\n");
  CHECK(node.cli("incrby n 7") == "7\n");
  CHECK(node.cli("-3 --no-raw sadd s b a") == "(integer) 2\n");
  CHECK(node.cli("-3 --no-raw smembers s") == "1~ \"a\"\n2~ \"b\"\n");
  CHECK(node.cli("--no-raw smembers s") == "1) \"a\"\n2) \"b\"\n");
  CHECK(node.cli("-3 --no-raw get nobody") == "(nil)\n");
  CHECK(node.cli("get s") == "WRONGTYPE Operation against a key holding the wrong kind of value\n\n");
  CHECK(node.cli("nosuch k v") == "ERR unknown command 'nosuch', with args beginning with: 'k' 'v' \n\n");
  CHECK(node.cli("-n 3 get k").find("DB index is out of range") != std::string::npos);
  CHECK(Asker(node.at).text({"get", "k"}) == "v");  // one store behind both doors
}

TEST_CASE("a_program_with_python3_redis_works") {
  RespNode node(41);
  REQUIRE(node.daemon.says("ready"));
  const auto [status, output] = RespNode::run("/usr/bin/python3 -B " CAUSEWAY_RESP_SESSION " " + node.at);
  INFO(output);
  CHECK(status == 0);
}

TEST_CASE("redis_benchmark_runs_through") {
  RespNode node(42);
  REQUIRE(node.daemon.says("ready"));
  const auto [status, output] =
      RespNode::run("redis-benchmark -h " + node.at +
                    " -p 7379 -q --csv -n 2000 -P 16 -r 100 -c 10 -t ping,set,get,incr,sadd");
  INFO(output);
  CHECK(status == 0);
  for (const char* each : {"PING_INLINE", "PING_MBULK", "SET", "GET", "INCR", "SADD"}) {
    CHECK(output.find("\"" + std::string(each) + "\"") != std::string::npos);
  }
  CHECK(output.find("rror") == std::string::npos);
}

TEST_CASE("a_node_that_does_not_serve_says_so_to_redis_clients") {
  RespNode node(43, 3);
  std::string answer;
  const auto end = std::chrono::steady_clock::now() + 30s;
  while (answer != "PONG\n" && std::chrono::steady_clock::now() < end) answer = node.cli("ping");
  CHECK(answer == "PONG\n");
  CHECK(node.cli("set k v").starts_with("UNAVAILABLE needed 1, alive 0: this node does not serve"));
  CHECK(node.cli("info server").find("causeway_ready:no: ") != std::string::npos);
}

TEST_CASE("a_busy_resp_port_is_told_and_the_node_does_not_start") {
  const Folder folder;
  const std::string topology = folder.write("one.yaml", one_datacenter(44, 1));
  const auto busy = listen_tcp({host(44), 7379}, 1);
  REQUIRE(busy);
  Daemon node({"--topology", topology, "--node", "a1", "--data", folder.path("a1"), "--found", "1"});
  CHECK(node.wait() == 3);
  CHECK(node.errors().find("cannot listen for RESP on " + host(44) + ":7379: another program uses it") !=
        std::string::npos);
}
