#include "server/options.h"
#include "tests/server/support.h"

using namespace causeway;
using namespace causeway::test;

namespace {

OrExit<ServerOptions> parse(std::vector<const char*> words) {
  words.insert(words.begin(), "causewayd");
  return parse_options(static_cast<int>(words.size()), words.data());
}

}  // namespace

TEST_CASE("the_command_line_says_which_node_to_run") {
  const auto options = parse({"--topology", "t.yaml", "--node", "eu-1", "--found", "00C0ffee", "--route",
                              "us-1=127.1.0.1:9001", "--route", "us-2=[::1]:9002"});
  REQUIRE(options);
  CHECK(options->topology == "t.yaml");
  CHECK(options->node == "eu-1");
  CHECK(options->data == "causeway-data/eu-1");
  CHECK(options->found == 0xc0ffeeU);
  REQUIRE(options->routes.size() == 2);
  CHECK(options->routes[0].node == "us-1");
  CHECK(options->routes[0].at == Endpoint{"127.1.0.1", 9001});
  CHECK(options->routes[1].at == Endpoint{"::1", 9002});
}

TEST_CASE("what_the_command_line_lacks_or_has_wrong_is_told") {
  const std::vector<std::vector<const char*>> wrong{
      {},
      {"--topology", "t.yaml"},
      {"--node", "eu-1"},
      {"--topology"},
      {"--nonsense"},
      {"stray"},
      {"--check", "t.yaml", "--node", "eu-1"},
      {"--topology", "t", "--node", "n", "--found", "0"},
      {"--topology", "t", "--node", "n", "--found", "xyz"},
      {"--topology", "t", "--node", "n", "--found", "11112222333344445"},
      {"--topology", "t", "--node", "n", "--route", "us-1"},
      {"--topology", "t", "--node", "n", "--route", "=1.2.3.4:5"},
      {"--topology", "t", "--node", "n", "--route", "us-1=1.2.3.4"},
      {"--topology", "t", "--node", "n", "--route", "us-1=1.2.3.4:70000"}};
  for (const auto& words : wrong) {
    const auto options = parse(words);
    REQUIRE_FALSE(options);
    CHECK(options.error().status == ExitStatus::usage);
    CHECK(options.error().text.find('\n') == std::string::npos);
    CHECK(options.error().text.size() > 10);
  }
}

TEST_CASE("help_and_version_are_no_errors") {
  CHECK(parse({"--help"}).error().status == ExitStatus::stopped);
  CHECK(parse({"--version"}).error().text.find("causewayd") == 0);
}

TEST_CASE("check_prints_every_mistake_with_its_line") {
  const Folder folder;
  Daemon good({"--check", folder.write("good.yaml", one_datacenter(40, 3))});
  CHECK(good.wait() == 0);
  CHECK(good.output() == "ok\n");
  CHECK(good.errors().empty());
  const std::string path = folder.write("bad.yaml", one_datacenter(40, 3) + "colour: red\nlinks: 7\n");
  Daemon bad({"--check", path});
  CHECK(bad.wait() == 2);
  CHECK(bad.output().empty());
  CHECK(bad.errors().find("bad.yaml has 2 mistakes:\n") != std::string::npos);
  CHECK(bad.errors().find(path + ":10: ") != std::string::npos);
  CHECK(bad.errors().find(path + ":11: ") != std::string::npos);
  Daemon absent({"--check", folder.path("absent.yaml")});
  CHECK(absent.wait() == 2);
  Daemon a_folder({"--check", folder.path(".")});
  CHECK(a_folder.wait() == 2);
}

TEST_CASE("a_node_or_route_that_the_topology_does_not_have_is_a_wrong_usage") {
  const Folder folder;
  const std::string path = folder.write("t.yaml", one_datacenter(40, 2));
  Daemon nobody({"--topology", path, "--node", "a9", "--data", folder.path("a9")});
  CHECK(nobody.wait() == 2);
  CHECK(nobody.errors() == "causewayd: the topology has no node 'a9'; it has a1, a2\n");
  Daemon nowhere(
      {"--topology", path, "--node", "a1", "--data", folder.path("a1"), "--route", "b1=127.9.14.9:1"});
  CHECK(nowhere.wait() == 2);
  CHECK(nowhere.errors() == "causewayd: --route: the topology has no node 'b1'; it has a1, a2\n");
}
