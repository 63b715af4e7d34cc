// Runs the program itself, beside a stand-in for causewayd (fake_causewayd.cc).
#include <stdlib.h>
#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/addresses.h"

namespace {

namespace fs = std::filesystem;
namespace test = causeway::test;
using Json = nlohmann::json;

struct Ran {
  int status = -1;
  std::string out;
  std::string error;
};

std::string contents(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

/// A folder of its own for files, data and what the program remembers; stops what is up when it ends.
class Sandbox {
 public:
  Sandbox() : folder_(fs::temp_directory_path() / "cli-XXXXXX") {
    std::string name = folder_;
    REQUIRE(mkdtemp(name.data()) != nullptr);
    folder_ = name;
    fs::create_directory(folder_ / "run");
  }
  ~Sandbox() {
    for (const fs::path& topology : topologies_) run("down --topology " + topology.string());
    fs::remove_all(folder_);
  }
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  [[nodiscard]] const fs::path& folder() const { return folder_; }

  /// The words stand as in a shell.
  Ran run(const std::string& words, const std::string& input = {}) {
    std::ofstream(folder_ / "in") << input;
    const std::string command = "cd " + folder_.string() +
                                " && XDG_RUNTIME_DIR=" + (folder_ / "run").string() +
                                " " CAUSEWAY_PROGRAM " " + words + " <in >out 2>error";
    const int status = std::system(command.c_str());
    return {WEXITSTATUS(status), contents(folder_ / "out"), contents(folder_ / "error")};
  }

  /// Two datacenters of two and one node, at the test's addresses from `first` on.
  fs::path topology(const std::string& cluster, int first = 1) {
    const fs::path file = folder_ / (cluster + ".yaml");
    std::ofstream(file) << "cluster: " << cluster << "\npartitions: 16\ndurability: sync\ndatacenters:\n"
                        << "  eu:\n    replicas: 2\n    nodes:\n"
                        << "      - {name: eu-1, rack: a, address: " << test::host(first) << "}\n"
                        << "      - {name: eu-2, rack: b, address: " << test::host(first + 1) << "}\n"
                        << "  us:\n    replicas: 1\n    nodes:\n"
                        << "      - {name: us-1, rack: a, address: " << test::host(first + 2) << "}\n"
                        << "links:\n  - {between: [eu, us], delay_ms: 1}\n";
    topologies_.push_back(file);
    return file;
  }

 private:
  fs::path folder_;
  std::vector<fs::path> topologies_;
};

TEST_CASE("mistakes in the call exit 2") {
  Sandbox box;
  const char* calls[] = {"frobnicate",
                         "get",
                         "get a b c",
                         "up",
                         "node",
                         "node kill",
                         "wan cut eu",
                         "--timeout 0 get k",
                         "--level SOMETIMES get k --at 127.9.31.1",
                         "--at 127.9.31.1:x get k"};
  for (const char* call : calls) {
    CAPTURE(call);
    const Ran ran = box.run(call);
    CHECK(ran.status == 2);
    CHECK(!ran.error.empty());
  }
}

TEST_CASE("without a deployment commands exit 3 and say how to start one") {
  Sandbox box;
  for (const char* call : {"status", "lag", "down", "ring", "get k", "wan heal", "node kill x"}) {
    CAPTURE(call);
    const Ran ran = box.run(call);
    CHECK(ran.status == 3);
    CHECK(count(ran.error, "causeway up FILE") == 1);
  }
}

TEST_CASE("an address where nobody answers exits 3 within the timeout") {
  Sandbox box;
  CHECK(box.run("--at " + test::host(9) + ":7400 --timeout 200 get k").status == 3);
}

TEST_CASE("a topology with mistakes exits 2 and names their lines") {
  Sandbox box;
  std::ofstream(box.folder() / "bad.yaml") << "cluster: bad\npartitions: 3\n";
  const Ran ran = box.run("up bad.yaml");
  CHECK(ran.status == 2);
  CHECK(count(ran.error, "bad.yaml:2:") == 1);
}

TEST_CASE("a topology goes up, serves, loses and regains a node, and goes down") {
  Sandbox box;
  const fs::path file = box.topology("whole");
  const Ran up = box.run("up " + file.string());
  REQUIRE(up.status == 0);
  CHECK(count(up.out, "whole is up: 3 nodes in 2 datacenters") == 1);
  CHECK(count(up.out, (box.folder() / "causeway-data/whole").string()) == 1);

  SECTION("data commands print as in a pipe and exit by the reply") {
    CHECK(box.run("set k 'some text'").out == "OK\n");
    CHECK(box.run("get k").out == "some text\n");
    CHECK(box.run("INCRBY n -5").out == "-5\n");
    CHECK(box.run("incr n --json").out == "-4\n");
    CHECK(box.run("exists k n absent").out == "2\n");
    CHECK(box.run("smembers s").out == "a\nb\n");
    const Ran missing = box.run("get absent");
    CHECK(missing.out == "(nil)\n");
    CHECK(missing.status == 1);
    CHECK(box.run("get --at " + test::host(2) + ":7400 k").out == "some text\n");
    CHECK(box.run("get k --dc us").status == 1);
    CHECK(box.run("get k --dc mars").status == 2);
  }
  SECTION("errors of the store have exit statuses of their own") {
    CHECK(box.run("incr wrong-type").status == 1);
    CHECK(box.run("incr unavailable --timeout 100").status == 3);
    CHECK(box.run("incr unknown --timeout 100").status == 4);
    CHECK(box.run("get unknown --timeout 100").status == 3);
    const Ran ran = box.run("incr wrong-type --json");
    CHECK(Json::parse(ran.out).at("error").at("code") == "WRONG_TYPE");
  }
  SECTION("the cluster is shown") {
    const Ran status = box.run("status");
    CHECK(status.status == 0);
    CHECK(count(status.out, "ready") == 3);
    CHECK(Json::parse(box.run("status --json").out).size() == 3);
    CHECK(count(box.run("lag").out, "1.5 s") == 3);
    CHECK(Json::parse(box.run("ring --json").out).at("partitions") == 16);
    CHECK(Json::parse(box.run("ring some-key --json").out).at("replicas").at("eu").size() == 2);
  }
  SECTION("a line that fails in a script of commands gives the exit status") {
    const Ran ran = box.run("", "set k v\nget k\nget absent\nget k\nhelp get\n");
    CHECK(count(ran.out, "v\n") == 2);
    CHECK(ran.status == 1);
  }
  SECTION("a node is killed and started again") {
    CHECK(box.run("node kill eu-2").status == 0);
    CHECK(box.run("node kill eu-2").status == 1);
    CHECK(count(box.run("status").out, "no answer") == 1);
    for (int i = 0; i < 8; ++i) CHECK(box.run("incr key" + std::to_string(i)).out == "1\n");
    CHECK(box.run("node start eu-2").status == 0);
    CHECK(count(box.run("status").out, "ready") == 3);
    CHECK(box.run("node start nobody").status == 2);
    const std::string starts = contents(box.folder() / "causeway-data/whole/eu-2/started");
    CHECK(count(starts, "found ") == 1);
    CHECK(count(starts, "again") == 1);
  }
  SECTION("what is up is not started twice") {
    const Ran again = box.run("up " + file.string());
    CHECK(again.status == 2);
    CHECK(count(again.error, "already up") == 1);
  }
  SECTION("without --wan there is no network to cut") { CHECK(box.run("wan cut eu us").status == 2); }

  const Ran down = box.run("down");
  CHECK(down.status == 0);
  CHECK(box.run("status").status == 3);
}

TEST_CASE("data is reused and founded once, until --fresh wipes it") {
  Sandbox box;
  const std::string file = box.topology("founded");
  const auto starts = [&] { return contents(box.folder() / "data/eu-1/started"); };
  REQUIRE(box.run("up --data data " + file).status == 0);
  REQUIRE(box.run("down").status == 0);
  CHECK(count(starts(), "found") == 1);
  REQUIRE(box.run("up --data data " + file).status == 0);
  REQUIRE(box.run("down").status == 0);
  CHECK(count(starts(), "again") == 1);
  REQUIRE(box.run("up --fresh --data data " + file).status == 0);
  REQUIRE(box.run("down").status == 0);
  CHECK(count(starts(), "found") == 1);
  CHECK(count(starts(), "again") == 0);
}

TEST_CASE("a folder that up did not make is neither used nor wiped") {
  Sandbox box;
  const std::string file = box.topology("foreign");
  fs::create_directory(box.folder() / "mine");
  std::ofstream(box.folder() / "mine/precious") << "x";
  for (const char* call : {"up --data mine ", "up --fresh --data mine "}) {
    CAPTURE(call);
    CHECK(box.run(call + file).status == 2);
    CHECK(fs::exists(box.folder() / "mine/precious"));
  }
}

TEST_CASE("a node that ends early stops the others and shows its log") {
  Sandbox box;
  const std::string file = box.topology("failing");
  REQUIRE(box.run("up --data data " + file).status == 0);
  REQUIRE(box.run("down").status == 0);
  std::ofstream(box.folder() / "data/us-1/FAIL") << "x";
  const Ran ran = box.run("up --data data " + file);
  CHECK(ran.status == 3);
  CHECK(count(ran.error, "us-1 ended with exit status 3") == 1);
  CHECK(count(ran.error, "this node was told to fail") == 1);
  CHECK(box.run("status").status == 3);
}

TEST_CASE("a busy port is named, with the node that wants it") {
  Sandbox box;
  REQUIRE(box.run("up " + box.topology("first").string()).status == 0);
  const Ran ran = box.run("up " + box.topology("second").string());
  CHECK(ran.status == 3);
  CHECK(count(ran.error, "node eu-1 cannot listen on " + test::host(1) + ":7400") == 1);
}

TEST_CASE("of several deployments one is chosen by its topology") {
  Sandbox box;
  const std::string one = box.topology("one");
  const std::string two = box.topology("two", 11);
  REQUIRE(box.run("up " + one).status == 0);
  REQUIRE(box.run("up " + two).status == 0);
  const Ran ran = box.run("status");
  CHECK(ran.status == 2);
  CHECK(count(ran.error, "--topology") == 3);
  CHECK(box.run("down --topology " + one).status == 0);
  CHECK(box.run("status").status == 0);
}

TEST_CASE("the emulated network is steered while it runs") {
  Sandbox box;
  REQUIRE(box.run("up --wan " + box.topology("wide").string()).status == 0);
  const auto link = [&](const std::string& words) {
    const Ran ran = box.run("wan " + words + " --json");
    REQUIRE(ran.status == 0);
    return Json::parse(ran.out).at("links").at(0);
  };
  CHECK(link("state").at("delay_ms") == 1);
  CHECK(link("cut eu us").at("cut") == true);
  CHECK(link("heal").at("cut") == false);
  CHECK(link("delay us eu 25").at("delay_ms") == 25);
  CHECK(box.run("wan cut eu mars").status == 2);
  CHECK(count(box.run("wan state").out, "eu - us") == 1);
  CHECK(box.run("down").status == 0);
}

}  // namespace
