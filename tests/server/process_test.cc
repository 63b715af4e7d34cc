#include <csignal>
#include <regex>
#include <thread>

#include "net/relay.h"
#include "net/wake_event.h"
#include "tests/server/support.h"

using namespace causeway;
using namespace causeway::test;

namespace {

struct OneNode {
  explicit OneNode(int number)
      : topology(folder.write("one.yaml", one_datacenter(number, 1))), address(host(number)) {}

  std::vector<std::string> arguments(bool found) const {
    std::vector<std::string> words{"--topology", topology, "--node", "a1", "--data", folder.path("a1")};
    if (found) words.insert(words.end(), {"--found", "c0ffee"});
    return words;
  }

  Folder folder;
  std::string topology;
  std::string address;
};

}  // namespace

TEST_CASE("a_node_serves_and_stops_when_told_and_has_its_data_at_the_next_start") {
  const OneNode one(5);
  for (const int number : {SIGTERM, SIGINT}) {
    Daemon node(one.arguments(number == SIGTERM));
    REQUIRE(node.says("ready"));
    CHECK(http_get(one.address, "/readyz") == std::pair<int, std::string>(200, "ready\n"));
    CHECK(http_get(one.address, "/healthz").first == 200);
    if (number == SIGTERM) CHECK(Asker(one.address).text({"set", "k", "v"}) == "OK");
    CHECK(Asker(one.address).text({"get", "k"}) == "v");
    node.signal(number);
    CHECK(node.wait() == 0);
  }
}

TEST_CASE("a_killed_node_has_all_that_it_acknowledged") {
  const OneNode one(6);
  for (int life = 0; life < 3; ++life) {
    Daemon node(one.arguments(life == 0));
    REQUIRE(node.says("ready"));
    Asker client(one.address);
    for (int i = 0; i < life * 10; ++i)
      CHECK(client.text({"get", "k" + std::to_string(i)}) == std::to_string(i));
    for (int i = life * 10; i < life * 10 + 10; ++i) {
      CHECK(client.text({"set", "k" + std::to_string(i), std::to_string(i)}) == "OK");
    }
    node.signal(SIGKILL);
    CHECK(node.wait() == -SIGKILL);
  }
}

TEST_CASE("an_empty_folder_does_not_serve_unless_it_founds") {
  const OneNode one(7);
  const Daemon node(one.arguments(false));
  const auto answered = [&] {
    httplib::Client client(one.address, 7480);
    const auto answer = client.Get("/readyz");
    return answer ? std::pair(answer->status, answer->body) : std::pair(0, std::string());
  };
  std::pair<int, std::string> answer;
  for (const auto end = std::chrono::steady_clock::now() + 30s; std::chrono::steady_clock::now() < end;) {
    answer = answered();
    if (answer.second.find("empty") != std::string::npos) break;
  }
  CHECK(answer.first == 503);
  CHECK(answer.second.find("its data folder is empty") != std::string::npos);
}

TEST_CASE("a_folder_is_for_one_process_one_node_and_one_cluster") {
  const OneNode one(8);
  {
    Daemon node(one.arguments(true));
    REQUIRE(node.says("ready"));
    const std::string elsewhere = one.folder.write("two.yaml", one_datacenter(9, 1));
    Daemon second({"--topology", elsewhere, "--node", "a1", "--data", one.folder.path("a1")});
    CHECK(second.wait() == 3);
    CHECK(second.errors().find("another process uses the folder") != std::string::npos);
    node.signal(SIGTERM);
    CHECK(node.wait() == 0);
  }
  Daemon founding_anew(
      {"--topology", one.topology, "--node", "a1", "--data", one.folder.path("a1"), "--found", "beef"});
  CHECK(founding_anew.wait() == 3);
  CHECK(founding_anew.errors().find("belongs to another cluster") != std::string::npos);
  const std::string two_nodes = one.folder.write("three.yaml", one_datacenter(8, 2));
  Daemon other_node({"--topology", two_nodes, "--node", "a2", "--data", one.folder.path("a1")});
  CHECK(other_node.wait() == 3);
  CHECK(other_node.errors().find("belongs to another node") != std::string::npos);
}

TEST_CASE("a_busy_port_or_a_public_address_is_told_and_the_node_does_not_start") {
  const OneNode one(10);
  Daemon node(one.arguments(true));
  REQUIRE(node.says("ready"));
  Daemon second({"--topology", one.topology, "--node", "a1", "--data", one.folder.path("other")});
  CHECK(second.wait() == 3);
  CHECK(second.errors() ==
        "causewayd: cannot listen for HTTP on " + one.address + ":7480: another program uses it; stop that one, or "
        "set another " "http port in the topology file\n");
  const std::string everywhere = one.folder.write(
      "open.yaml", std::regex_replace(one_datacenter(10, 1), std::regex("127[0-9.]+"), "192.0.2.1"));
  Daemon open({"--topology", everywhere, "--node", "a1", "--data", one.folder.path("open")});
  CHECK(open.wait() == 3);
  CHECK(open.errors().find("only loopback addresses") != std::string::npos);
}

TEST_CASE("a_node_whose_sync_fails_stops_itself") {
  const OneNode one(11);
  const std::string shim = "LD_PRELOAD=" CAUSEWAY_FAILING_SYNC;
  const std::string broken = one.folder.path("broken");
  Daemon node(one.arguments(true),
              {shim, "CAUSEWAY_TEST_FAIL_SYNC=" + broken, "ASAN_OPTIONS=verify_asan_link_order=0"});
  REQUIRE(node.says("ready"));
  Asker client(one.address);
  CHECK(client.text({"set", "k", "before"}) == "OK");
  one.folder.write("broken", "");
  std::thread writer([&] {
    ClientSockets sockets;
    const auto index = sockets.connect({one.address, 7400});
    while (!sockets.up(*index) && sockets.failures(*index) == 0) sockets.poll(100ms);
    Request request;
    request.arguments = {"set", "k", "after"};
    if (sockets.send(*index, Requests{{request}})) {
      while (sockets.failures(*index) == 0)
        CHECK(sockets.poll(100ms).empty());  // no answer, and then it is gone
    }
  });
  CHECK(node.wait() == 5);
  writer.join();
  CHECK(node.errors().find("causewayd: stopped to protect the data: ") != std::string::npos);
}

TEST_CASE("a_datacenter_goes_on_with_two_of_three_nodes_and_the_third_catches_up") {
  const Folder folder;
  const std::string topology = folder.write("three.yaml", one_datacenter(20, 3));
  const auto arguments = [&](int node, bool found) {
    const std::string name = "a" + std::to_string(node);
    std::vector<std::string> words{"--topology", topology, "--node", name, "--data", folder.path(name)};
    if (found) words.insert(words.end(), {"--found", "1"});
    return words;
  };
  Daemon a1(arguments(1, true));
  Daemon a2(arguments(2, true));
  {
    Daemon a3(arguments(3, true));
    REQUIRE((a1.says("ready") && a2.says("ready") && a3.says("ready")));
    CHECK(Asker(host(20)).text({"set", "k", "1"}, Level{Level::Kind::all, 0}) == "OK");
    a3.signal(SIGKILL);
    a3.wait();
  }
  CHECK(Asker(host(21)).text({"set", "k", "2"}) == "OK");
  Daemon a3(arguments(3, false));
  REQUIRE(a3.says("ready"));
  CHECK(Asker(host(22)).text({"get", "k"}) == "2");
  CHECK(Asker(host(22)).text({"set", "k", "3"}, Level{Level::Kind::all, 0}) == "OK");
}

TEST_CASE("two_datacenters_go_on_while_the_relay_between_them_is_cut_and_agree_after_the_heal") {
  const Folder folder;
  const std::string eu_at = host(30);
  const std::string us_at = host(31);
  const std::string relay_at = host(32);
  const auto datacenter = [](const std::string& name, const std::string& at) {
    return "  " + name + ": {replicas: 1, nodes: [{name: " + name + "-1, rack: a, address: " + at + "}]}\n";
  };
  const std::string topology =
      folder.write("two.yaml", "cluster: test\npartitions: 8\ndatacenters:\n" + datacenter("eu", eu_at) +
                                   datacenter("us", us_at));
  RelayOptions options;
  options.routes = {{{relay_at, 2001}, {us_at, 7402}, "eu", "us"},
                    {{relay_at, 2002}, {eu_at, 7402}, "us", "eu"}};
  options.links = {{"eu", "us", 10ms, 2ms}};
  options.control = {relay_at, 2000};
  auto relay = Relay::open(options);
  REQUIRE(relay);
  const WakeEvent stop;
  std::thread running([&] { (*relay)->run(stop.fd()); });
  {
    Daemon eu({"--topology", topology, "--node", "eu-1", "--data", folder.path("eu"), "--found", "1",
               "--route", "us-1=" + relay_at + ":2001"});
    Daemon us({"--topology", topology, "--node", "us-1", "--data", folder.path("us"), "--found", "1",
               "--route", "eu-1=" + relay_at + ":2002"});
    REQUIRE((eu.says("ready") && us.says("ready")));
    Asker in_eu(eu_at);
    Asker in_us(us_at);
    const Level all{Level::Kind::all, 0};
    CHECK(in_eu.text({"incrby", "n", "1"}, all) == "1");
    CHECK(in_us.text({"get", "n"}) == "1");
    REQUIRE(ask_relay(options.control, "cut eu us"));
    CHECK(in_eu.text({"incrby", "n", "10"}) == "11");
    CHECK(in_us.text({"incrby", "n", "100"}) == "101");
    REQUIRE(ask_relay(options.control, "heal"));
    std::string value;
    const auto end = std::chrono::steady_clock::now() + 30s;
    while ((value = in_eu.text({"get", "n"})) != "111" && std::chrono::steady_clock::now() < end) continue;
    CHECK(value == "111");
    while ((value = in_us.text({"get", "n"})) != "111" && std::chrono::steady_clock::now() < end) continue;
    CHECK(value == "111");
  }
  stop.wake();
  running.join();
}
