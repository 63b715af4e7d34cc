// In the end: readers in each datacenter see what the rules of the types declare.
#include <memory>

#include "tests/sim/checks.h"

namespace causeway::testing {
namespace {

std::string told(const Question& question) {
  std::string text;
  for (const Bytes& word : question.words) text += " " + word;
  return text;
}

/// False if some question found too few replicas up: it is to be asked again.
bool ask_all(Cluster& cluster, const std::string& node, const std::vector<Question>& asked,
             Verdict& verdict) {
  std::vector<Request> requests;
  for (const Question& question : asked) {
    Request request;
    request.arguments = question.words;
    request.read_level = request.write_level = Level{Level::Kind::local_one, 0};
    requests.push_back(std::move(request));
  }
  struct Answers {
    std::size_t count = 0;
    bool unavailable = false;
  };
  const auto answers = std::make_shared<Answers>();
  cluster.send(node, std::move(requests),
               [answers, asked, node, &verdict](std::size_t index, const Response& response) {
                 ++answers->count;
                 const Question& question = asked[index];
                 if (const auto* error = std::get_if<Error>(&response.result)) {
                   answers->unavailable = answers->unavailable || error->code == ErrorCode::unavailable;
                   if (error->code == ErrorCode::unavailable) return;
                   verdict.blame("oracle", node + ":" + told(question) + ": " + to_string(*error));
                 } else if (std::get<Value>(response.result) != question.answer) {
                   verdict.blame("oracle", node + ":" + told(question) + " is not what its events declare");
                 }
               });
  return cluster.run_until([&] { return answers->count == asked.size(); }, 5s) && !answers->unavailable;
}

/// A node that holds nothing itself learns by heartbeats who does.
void check_node(Cluster& cluster, const std::string& node, const std::vector<Question>& asked,
                Verdict& verdict) {
  for (int tries = 0; tries < 5; ++tries) {
    if (ask_all(cluster, node, asked, verdict)) return;
    cluster.run_for(1s);
  }
  verdict.blame("oracle", node + " does not answer");
}

/// An end that is not far away has come.
bool has_ended(const Expected& expected, std::uint64_t now_ms) {
  constexpr std::uint64_t far_ms = 1'000'000'000;
  return expected.ends_ms && *expected.ends_ms < now_ms + far_ms;
}

void add_questions(const Bytes& key, const Expected& expected, std::uint64_t now_ms,
                   std::vector<Question>& asked) {
  const bool exists = expected.type && !has_ended(expected, now_ms);
  ask({"TYPE", key}, Status{exists ? Bytes(name_of(*expected.type)) : "none"}, asked);
  ask({"EXISTS", key}, std::int64_t{exists}, asked);
  const std::int64_t ends_ms = !exists            ? -2
                               : expected.ends_ms ? static_cast<std::int64_t>(*expected.ends_ms)
                                                  : -1;
  ask({"PEXPIRETIME", key}, ends_ms, asked);
  if (!exists) return;
  for (const Question& question : expected.shown.questions) {
    std::vector<Bytes> words = question.words;
    words.insert(words.begin() + 1, key);
    ask(std::move(words), question.answer, asked);
  }
}

/// What is stored of an object is what lives of it, and what was forgotten and requested.
void check_entries(const Partition& partition, const std::map<Bytes, Expected>& expected,
                   const std::string& where, Verdict& verdict) {
  std::map<Bytes, std::uint64_t> entries;
  const auto walked = partition.walk(std::nullopt, [&](BytesView key, const EntryView& entry) {
    const Part part = parts_of(entry.path).part;
    if (part != Part::forgotten && part != Part::request) ++entries[Bytes(key)];
    return true;
  });
  if (!walked) verdict.blame("entries", where + ": " + to_string(walked.error()));
  for (const auto& [key, object] : expected) {
    if (entries[key] == object.entries) continue;
    verdict.blame("entries", where + ": " + key + " has " + std::to_string(entries[key]) + " entries, and " +
                                 std::to_string(object.entries) + " of what was written there live");
  }
}

}  // namespace

void check_oracle(Cluster& cluster, Witness& witness, Verdict& verdict) {
  std::vector<Question> asked;
  for (std::uint32_t number = 0; number < cluster.placement().partitions(); ++number) {
    const PartitionId id{number};
    const NodeId replica = cluster.placement().all_replicas(id).front();
    const std::string& name = cluster.configuration().node(replica)->name;
    const Partition& partition = cluster.store(name).partition(id);
    const auto expected = expected_of(witness.book(id), partition.clock());
    for (const auto& [key, object] : expected)
      add_questions(key, object, static_cast<std::uint64_t>(cluster.wall().time_since_epoch() / 1ms), asked);
    check_entries(partition, expected, witness.book(id).name() + " at " + name, verdict);
  }
  for (const DcId id : cluster.configuration().datacenters()) {
    const auto nodes = cluster.configuration().nodes_of(id);
    check_node(cluster, cluster.configuration().node(nodes[cluster.random().below(nodes.size())])->name,
               asked, verdict);
  }
}

}  // namespace causeway::testing
