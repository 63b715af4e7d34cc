#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

#include "documents.h"
#include "ring/topology.h"

using namespace causeway;

namespace {

std::vector<Mistake> mistakes_in(const std::string& text) {
  const auto topology = parse_topology(text);
  return topology ? std::vector<Mistake>{} : topology.error();
}

bool has(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }

struct Wrong {
  std::string from;  ///< In the good document,
  std::string to;    ///< replaced by this, gives one mistake:
  std::uint32_t line;
  std::string what;
  std::string mend;
};

void check(const std::vector<Wrong>& table) {
  for (const Wrong& wrong : table) {
    const std::vector<Mistake> mistakes = mistakes_in(spoiled(wrong.from, wrong.to));
    INFO(wrong.from << " -> " << wrong.to << "\n" << to_string(mistakes, "file"));
    CHECK(mistakes.size() == 1);
    if (mistakes.empty()) continue;
    CHECK(mistakes[0].line == wrong.line);
    CHECK(has(mistakes[0].what, wrong.what));
    CHECK(has(mistakes[0].mend, wrong.mend));
  }
}

}  // namespace

TEST_CASE("the_good_document_has_no_mistake") { CHECK(mistakes_in(good_document).empty()); }

TEST_CASE("a_mistake_in_a_value_is_told_with_its_line_and_what_would_be_right") {
  check({
      {"partitions: 64", "partitions: 100", 2, "100, not a power of two", "nearest is 128"},
      {"partitions: 64", "partitions: 66", 2, "66, not a power of two", "nearest is 64"},
      {"partitions: 64", "partitions: 0", 2, "too small", "1 to 65536"},
      {"partitions: 64", "partitions: -64", 2, "too small", "1 to 65536"},
      {"partitions: 64", "partitions: 131072", 2, "too large", "1 to 65536"},
      {"partitions: 64", "partitions: 99999999999999999999999", 2, "too large", "1 to 65536"},
      {"partitions: 64", "partitions: many", 2, "not a whole number", "1 to 65536"},
      {"partitions: 64", "partitions: 64.0", 2, "not a whole number", "1 to 65536"},
      {"partitions: 64", "partitions: \"64\"", 2, "in quotes", "1 to 65536"},
      {"partitions: 64", "partitions: [64]", 2, "list or a map", "single value"},
      {"partitions: 64", "partitions:", 2, "has no value", "single value"},
      {"replicas: 2", "replicas: 3", 6, "is 3, but it has 2 nodes", "add nodes"},
      {"replicas: 2", "replicas: 0", 6, "too small", "1 to 64"},
      {"weight: 2", "weight: 0", 9, "weight of node eu-2 is `0`, too small", "1 to 1000"},
      {"weight: 2", "weight: -1", 9, "too small", "1 to 1000"},
      {"weight: 2", "weight: 1001", 9, "too large", "1 to 1000"},
      {"weight: 2", "weight: heavy", 9, "not a whole number", "1 to 1000"},
      {"client: 7500", "client: 0", 9, "client of node eu-2 is `0`, too small", "1 to 65535"},
      {"client: 7500", "client: 65536", 9, "too large", "1 to 65535"},
      {"delay_ms: 40", "delay_ms: 60001", 17, "delay_ms of link 1", "0 to 60000"},
      {"value_bytes: 4096", "value_bytes: 0", 18, "too small", "from 1 to"},
      {"value_bytes: 4096", "value_bytes: 1MiB", 18, "not a whole number", "from 1 to"},
      {"value_bytes: 4096", "value_bytes: 9000000", 18,
       "value_bytes is 9000000, more than request_bytes, which is 8388608", "lower the one"},
      {"value_bytes: 4096", "disk_bytes: 2000000", 18, "log_bytes is 1073741824, more than disk_bytes",
       "raise the other"},
  });
}

TEST_CASE("a_malformed_time_is_told") {
  check({
      {"100ms", "100", 3, "without a unit", "`100ms` or `100s`"},
      {"100ms", "100min", 3, "not a time", "such as 100ms"},
      {"100ms", "ms", 3, "not a time", "such as 100ms"},
      {"100ms", "always", 3, "not a time", "`sync`"},
      {"100ms", "-5ms", 3, "not a time", "such as 100ms"},
      {"100ms", "1.5s", 3, "not a time", "such as 100ms"},
      {"100ms", "0s", 3, "out of range", "from 1ms to 60s"},
      {"100ms", "99999999999999999999s", 3, "out of range", "from 1ms to 60s"},
      {"100ms", "", 3, "has no value", "single value"},
  });
}

TEST_CASE("a_wrong_key_is_told_with_the_nearest_known_one") {
  check({
      {"durability:", "durabilty:", 3, "no key `durabilty`", "did you mean `durability`?"},
      {"weight: 2", "wieght: 2", 9, "node eu-2 has no key `wieght`", "did you mean `weight`?"},
      {"jitter_ms", "jitter", 17, "no key `jitter`", "did you mean `jitter_ms`?"},
      {"value_bytes", "value", 18, "no key `value`", "did you mean `value_bytes`?"},
      {"weight: 2", "colour: 2", 9, "no key `colour`",
       "its keys are name, rack, address, weight, shards, client, peer, bridge, resp, http"},
      {"security: {}", "security: {curve: true}", 19, "security has no key `curve`", "leave it out"},
      {"weight: 2", "weight: 2, weight: 3", 9, "key `weight` of node eu-2 stands twice",
       "first is on line 9"},
      {"security: {}", "cluster: again", 19, "key `cluster` of the topology stands twice",
       "first is on line 1"},
      {"links:", "  eu: {replicas: 1, nodes: [{name: x, rack: a, address: x}]}\nlinks:", 16,
       "datacenter `eu` stands twice (first on line 5)", "name of its own"},
  });
}

TEST_CASE("a_missing_key_is_told_with_an_example") {
  check({
      {"cluster: demo\n", "", 1, "lacks the key `cluster`", "`cluster: demo`"},
      {"partitions: 64\n", "", 1, "lacks the key `partitions`", "`partitions: 64`"},
      {"    replicas: 2\n", "", 5, "datacenter eu lacks the key `replicas`", "`replicas: 3`"},
      {"name: eu-1, ", "", 8, "node 1 of datacenter eu lacks the key `name`", "`name: eu-1`"},
      {"rack: b, ", "", 9, "node eu-2 lacks the key `rack`", "`rack: a`"},
      {", address: 127.9.1.1", "", 8, "node eu-1 lacks the key `address`", "`address: 127.1.1.1`"},
      {"between: [eu, us], ", "", 17, "link 1 lacks the key `between`", "`between: [eu, us]`"},
      {"delay_ms: 40, ", "", 17, "link 1 lacks the key `delay_ms`", "`delay_ms: 40`"},
  });
}

TEST_CASE("a_thing_of_the_wrong_shape_is_told") {
  check({
      {"security: {}", "security: [1]", 19, "security is not a map", ""},
      {"limits: {value_bytes: 4096}", "limits: 4096", 18, "limits is not a map", "value_bytes"},
      {"{name: eu-1, rack: a, address: 127.9.1.1}", "eu-1", 8, "node 1 of datacenter eu is not a map",
       "name, rack"},
      {"{between: [eu, us], delay_ms: 40, jitter_ms: 2}", "40", 17, "link 1 is not a map", "between"},
      {"[eu, us]", "[eu]", 17, "not between two datacenters", "[eu, us]"},
      {"[eu, us]", "eu-us", 17, "not between two datacenters", "[eu, us]"},
      {"links:\n  - {between: [eu, us], delay_ms: 40, jitter_ms: 2}", "links: 40ms", 16,
       "links is not a list", "between"},
      {"    nodes:\n      - name: us-1\n        rack: a\n        address: db1.us.example.com\n",
       "    nodes: []\n", 12, "datacenter us has no list of nodes", "at least one"},
  });
  const std::vector<Mistake> none = mistakes_in("cluster: c\npartitions: 8\ndatacenters: {}\n");
  REQUIRE(none.size() == 1);
  CHECK(none[0].line == 3);
  CHECK(has(none[0].mend, "at least one"));
}

TEST_CASE("a_bad_name_or_address_is_told") {
  check({
      {"cluster: demo", "cluster: our demo", 1, "`our demo`",
       "letters, digits, dots, dashes and underscores"},
      {"cluster: demo", "cluster: \"\"", 1, "no value", ""},
      {"cluster: demo", "cluster: .demo", 1, "`.demo`", "begin a name with a letter or a digit"},
      {"cluster: demo", "cluster: " + std::string(65, 'x'), 1, "65 bytes long", "64 bytes"},
      {"rack: b", "rack: b/2", 9, "rack of node eu-2 is `b/2`", "letters, digits"},
      {"name: us-1", "name: eu-1", 13, "node `eu-1` stands twice (first on line 8)", "name of its own"},
      {"127.9.1.1", "127.9.1.256", 8, "`127.9.1.256`, not the IPv4 address of a node", "four numbers"},
      {"127.9.1.1", "127.9.1", 8, "not the IPv4 address", "four numbers"},
      {"127.9.1.1", "127.9.01.1", 8, "not the IPv4 address", "four numbers"},
      {"127.9.1.1", "0.0.0.0", 8, "not the IPv4 address", "four numbers"},
      {"127.9.1.1", "127.9.1.1:7400", 8, "with a port", "`client: 7400`"},
      {"127.9.1.1", "\"fe80::1\"", 8, "not an IPv4 address", "host name"},
      {"127.9.1.1", "my_host", 8, "neither an IPv4 address nor a host name", "dashes between dots"},
      {"127.9.1.1", "host..example", 8, "neither", "dashes between dots"},
      {"127.9.1.1", "-host", 8, "neither", "dashes between dots"},
      {"127.9.1.1", "\"\"", 8, "no value", ""},
      {"127.9.1.2, weight: 2, client: 7500", "127.9.1.1", 9,
       "127.9.1.1:7400, as is client of node eu-1 on line 8", "of its own"},
      {"127.9.1.2, weight: 2, client: 7500", "127.9.1.1, client: 7402, peer: 1, bridge: 2, resp: 3, http: 4",
       9, "127.9.1.1:7402, as is bridge of node eu-1", "of its own"},
      {"client: 7500", "client: 7401", 9, "peer of node eu-2 is at 127.9.1.2:7401, as is client of node eu-2",
       "of its own"},
      {"db1.us.example.com", "db1.us.example.com, resp: 7480", 15, "illegal", ""},
  });
}

TEST_CASE("a_link_that_leads_nowhere_is_told") {
  check({
      {"[eu, us]", "[eu, use]", 17, "names `use`, which is not a datacenter here", "did you mean `us`?"},
      {"[eu, us]", "[eu, mars]", 17, "names `mars`", "one of those under datacenters"},
      {"[eu, us]", "[us, us]", 17, "joins `us` to itself", "two datacenters"},
      {"jitter_ms: 2}", "jitter_ms: 2}\n  - {between: [us, eu], delay_ms: 1}", 18,
       "the same datacenters as the one on line 17", "both directions"},
  });
}

TEST_CASE("what_is_not_yaml_is_told") {
  check({
      {"[eu, us]", "[eu, us", 17, "this is not YAML", "brackets"},
      {"partitions: 64", "partitions: 64: 65", 2, "this is not YAML", ""},
      {"partitions: 64", "\tpartitions: 64", 2, "this is not YAML", ""},
      {"cluster: demo", "cluster: &name demo", 1, "an anchor (&name)", "each value where it belongs"},
      {"partitions: 64", "partitions: !!int 64", 2, "a tag", "plain value"},
      {"partitions: 64", "[partitions]: 64", 2, "a key is not a text", "key: value"},
      {"security: {}", "---\ncluster: other", 20, "a second document", "one topology to a file"},
  });
  CHECK(mistakes_in("").at(0).line == 1);
  CHECK(has(mistakes_in("# nothing\n").at(0).what, "empty"));
  CHECK(has(mistakes_in("just a text").at(0).what, "not a map"));
}

TEST_CASE("aliases_are_refused_so_that_nothing_grows") {
  std::string text = "a: &a [x, x]\n";
  for (char name = 'b'; name <= 'z'; ++name) {
    text += std::string(1, name) + ": &" + name + " [*" + static_cast<char>(name - 1) + ", *" +
            static_cast<char>(name - 1) + "]\n";
  }
  const std::vector<Mistake> mistakes = mistakes_in(text);
  REQUIRE_FALSE(mistakes.empty());
  CHECK(has(mistakes[1].what + mistakes[2].what, "alias"));
}

TEST_CASE("depth_and_size_are_limited") {
  CHECK(has(mistakes_in("a: " + std::string(17, '[')).at(0).what, "16 deep"));
  CHECK(has(mistakes_in(std::string(1'000'000, '[')).at(0).what, "16 deep"));
  CHECK(has(mistakes_in(good_document + "#" + std::string(topology_bytes_max, 'x')).at(0).what, "bytes"));
  std::string many = "[";
  while (many.size() < 500'000) many += "1,";
  CHECK(has(mistakes_in(many + "]").at(0).what, "100000 values"));
}

TEST_CASE("every_mistake_is_told_at_once_in_the_order_of_lines") {
  const std::vector<Mistake> mistakes = mistakes_in(R"(partition: 64
datacenters:
  eu:
    replicas: 3
    nodes:
      - {name: a b, rack: a, address: nowhere!, weight: 0}
links:
  - {between: [eu, eu], delay_ms: -1}
limits: {value: 1}
)");
  std::vector<std::uint32_t> lines;
  for (const Mistake& mistake : mistakes) lines.push_back(mistake.line);
  CHECK(lines == std::vector<std::uint32_t>{1, 1, 1, 4, 6, 6, 6, 8, 8, 9});
}

TEST_CASE("very_many_mistakes_are_cut_short") {
  std::string text = "cluster: c\n";
  for (int i = 0; i < 5000; ++i) text += "k" + std::to_string(i) + ": 1\n";
  const std::vector<Mistake> mistakes = mistakes_in(text);
  REQUIRE(mistakes.size() == 101);
  CHECK(has(mistakes.back().what, "more mistakes"));
}

TEST_CASE("mistakes_print_as_file_line_what_and_mend") {
  CHECK(to_string({{3, "this is wrong", "do that"}, {4, "so is this", "do not"}}, "a.yaml") ==
        "a.yaml:3: this is wrong; do that\na.yaml:4: so is this; do not\n");
}

TEST_CASE("a_mistake_shows_only_printable_characters_of_the_file") {
  const std::vector<Mistake> mistakes = mistakes_in(spoiled("cluster: demo", "cluster: \"\\e[31m\xc3\xa9\""));
  REQUIRE(mistakes.size() == 1);
  CHECK(has(mistakes[0].what, "`?[31m??`"));
}

TEST_CASE("arbitrary_bytes_give_mistakes_or_a_topology_never_a_crash") {
  const auto told = [](const std::string& text) {
    const auto topology = parse_topology(text);
    return topology ? parse_topology(render_topology(*topology)) == topology : !topology.error().empty();
  };
  rc::prop("any bytes", [&](const std::string& bytes) { RC_ASSERT(told(bytes)); });
  rc::prop("YAML's own characters", [&] {
    RC_ASSERT(told(*rc::gen::container<std::string>(
        rc::gen::elementOf(std::string("a1 \n:-,[]{}&*!?|>'\"#%@`\t\\~.")))));
  });
  rc::prop("a good document, spoiled at random", [&] {
    std::string text = good_document;
    const auto times = *rc::gen::inRange(1, 8);
    for (int i = 0; i < times; ++i) {
      const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
      const auto removed = *rc::gen::inRange<std::size_t>(0, 12);
      text.replace(
          at, removed,
          *rc::gen::container<std::string>(rc::gen::elementOf(std::string("a1 \n:-,[]{}&*!?'\"#\xff"))));
    }
    RC_ASSERT(told(text));
  });
}
