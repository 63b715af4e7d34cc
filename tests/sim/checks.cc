#include "tests/sim/checks.h"

#include <algorithm>

namespace causeway::testing {
namespace {

std::string told(const Done& done) {
  std::string text = "client " + std::to_string(done.client) + " at " + std::to_string(done.began.time_since_epoch().count() / 1000) + " ms:";
  for (const Bytes& argument : done.draft.arguments) text += " " + argument.substr(0, 24);
  return text + " @" + causeway::to_string(done.draft.level);
}

bool is_increment(const Done& done) {
  return done.command() == "INCRBY" || done.command() == "DECRBY" || done.command() == "COUNTER.ADD";
}

std::int64_t amount_of(const Done& done) {
  const std::int64_t amount = std::stoll(done.draft.arguments[2]);
  return done.command() == "DECRBY" ? -amount : amount;
}

template <class Map>
const std::vector<const KnownEvent*>& at(const Map& map, const typename Map::key_type& key) {
  static const std::vector<const KnownEvent*> none;
  const auto found = map.find(key);
  return found == map.end() ? none : found->second;
}

/// The events that can only be this operation's.
const std::vector<const KnownEvent*>& events_of(const Done& done, const Deeds& deeds) {
  const auto& arguments = done.draft.arguments;
  if (is_increment(done) && done.request_id) return at(deeds.requests, *done.request_id);
  if (is_increment(done)) return at(deeds.anonymous, {done.key(), amount_of(done)});
  if (done.command() == "SADD") return at(deeds.added, {done.key(), arguments[2]});
  return at(deeds.written, {done.key(), arguments[2]});
}

/// Whether its events can be told from all others: a SET to an integer cannot.
bool is_recognisable(const Done& done) {
  if (is_increment(done) || done.command() == "SADD" || done.command() == "REG.SET") return true;
  return done.command() == "SET" && done.draft.arguments[2].starts_with("u");
}

}  // namespace

void check_acknowledged(const History& history, const Deeds& deeds, Verdict& verdict) {
  for (const Done& done : history) {
    if (!is_recognisable(done)) continue;
    const auto& events = events_of(done, deeds);
    if (done.ok() && events.empty()) verdict.blame("acknowledged", told(done) + ": acknowledged, and no log ever had it");
    if (done.outcome == Done::Outcome::refused && !events.empty()) {
      verdict.blame("refused", told(done) + ": refused, and done all the same");
    }
    if (is_increment(done) && !done.request_id && events.size() > 1) {
      verdict.blame("once", told(done) + ": done " + std::to_string(events.size()) + " times");
    }
  }
}

namespace {

std::uint32_t majority(std::size_t of) { return static_cast<std::uint32_t>(of / 2 + 1); }

/// At least so many replicas in all.
std::size_t total_of(const Level& level, const Done& done, const Configuration& configuration) {
  std::size_t all = 0;
  std::size_t each = 0;
  for (const DcId id : configuration.datacenters()) {
    all += configuration.datacenter(id)->replicas;
    each += majority(configuration.datacenter(id)->replicas);
  }
  switch (level.kind) {
    case Level::Kind::one:
    case Level::Kind::local_one: return 1;
    case Level::Kind::two: return 2;
    case Level::Kind::three: return 3;
    case Level::Kind::quorum: return majority(all);
    case Level::Kind::local_quorum: return majority(configuration.datacenter(done.datacenter)->replicas);
    case Level::Kind::each_quorum: return each;
    case Level::Kind::all: return all;
    case Level::Kind::count: return level.replicas;
  }
  return 0;
}

/// At least so many replicas in this datacenter.
std::size_t count_in(DcId id, const Level& level, const Done& done, const Configuration& configuration) {
  const std::size_t replicas = configuration.datacenter(id)->replicas;
  switch (level.kind) {
    case Level::Kind::local_one: return id == done.datacenter ? 1 : 0;
    case Level::Kind::local_quorum: return id == done.datacenter ? majority(replicas) : 0;
    case Level::Kind::each_quorum: return majority(replicas);
    case Level::Kind::all: return replicas;
    default: return 0;
  }
}

/// What the reads of one key must see.
class Reads {
 public:
  Reads(const History& history, const Deeds& deeds, const Configuration& configuration, Verdict& verdict)
      : deeds_(deeds), configuration_(configuration), verdict_(verdict) {
    for (const Done& done : history) by_key_[done.key()].push_back(&done);
  }

  void check(const Done& read) const {
    const Bytes& command = read.command();
    if (command == "SMEMBERS") check_members(read);
    if ((command == "GET" && read.key().starts_with("tally")) || command == "COUNTER.GET") check_tally(read);
    if (command == "REG.GET" || (command == "GET" && read.key().starts_with("text"))) check_value(read);
  }

 private:
  [[nodiscard]] bool must_see(const Done& write, const Done& read) const {
    return write.ok() && write.ended < read.began && intersect(write, read, configuration_);
  }
  void blame(const Done& read, const std::string& what) const { verdict_.blame("quorum", told(read) + ": " + what); }

  /// A removal of the member, or of the whole set, was begun before the read ended.
  [[nodiscard]] bool removal_tried(const Done& read, const Bytes& member) const {
    const auto& ops = by_key_.at(read.key());
    return std::any_of(ops.begin(), ops.end(), [&](const Done* done) {
      if (done->began > read.ended) return false;
      const auto& arguments = done->draft.arguments;
      return done->command() == "DEL" || done->command() == "SET" ||
             (done->command() == "SREM" && std::find(arguments.begin() + 2, arguments.end(), member) != arguments.end());
    });
  }

  void check_members(const Done& read) const {
    std::vector<Bytes> found;
    for (const Value& member : std::get<Value::Array>(read.value)) found.push_back(std::get<Bytes>(member));
    const auto has = [&found](const Bytes& member) { return std::binary_search(found.begin(), found.end(), member); };
    for (const Done* done : by_key_.at(read.key())) {
      const auto& arguments = done->draft.arguments;
      if (done->command() == "SADD") {
        if (must_see(*done, read) && !has(arguments[2]) && !removal_tried(read, arguments[2])) {
          blame(read, "does not see what was acknowledged before: " + told(*done));
        }
      } else if (done->command() == "SREM" && arguments.size() == 3 && done->value == Value(std::int64_t{1})) {
        if (must_see(*done, read) && has(arguments[2]) && added_once_before(read, *done)) {
          blame(read, "still sees what was removed before: " + told(*done));
        }
      }
    }
    for (const Bytes& member : found) {
      if (!was_begun(read, member)) blame(read, "sees " + member + ", which nobody added");
    }
  }
  /// Nothing that adds the member can come after the removal.
  [[nodiscard]] bool added_once_before(const Done& read, const Done& removal) const {
    const auto& ops = by_key_.at(read.key());
    const Bytes& member = removal.draft.arguments[2];
    return std::none_of(ops.begin(), ops.end(), [&](const Done* done) {
      const auto& arguments = done->draft.arguments;
      if (done->command() != "SADD" || std::find(arguments.begin() + 2, arguments.end(), member) == arguments.end()) return false;
      return !must_see(*done, removal) || done->tries > 1;
    });
  }
  [[nodiscard]] bool was_begun(const Done& read, const Bytes& member) const {
    const auto& ops = by_key_.at(read.key());
    return std::any_of(ops.begin(), ops.end(), [&](const Done* done) {
      const auto& arguments = done->draft.arguments;
      return done->command() == "SADD" && done->began <= read.ended &&
             std::find(arguments.begin() + 2, arguments.end(), member) != arguments.end();
    });
  }

  /// Only of keys that nothing resets.
  void check_tally(const Done& read) const {
    if (!read.key().starts_with("tally") && !read.key().starts_with("grow")) return;
    std::int64_t least = 0;
    std::int64_t most = 0;
    for (const Done* done : by_key_.at(read.key())) {
      if (!is_increment(*done)) continue;
      if (must_see(*done, read)) least += amount_of(*done);
      if (done->began <= read.ended) most += amount_of(*done);
    }
    const auto* text = std::get_if<Bytes>(&read.value);
    const auto* number = std::get_if<std::int64_t>(&read.value);
    const std::int64_t value = text != nullptr ? std::stoll(*text) : number != nullptr ? *number : 0;
    if (value >= least && value <= most) return;
    verdict_.blame("tally", told(read) + ": reads " + std::to_string(value) + ", which must be from " + std::to_string(least) +
                                " to " + std::to_string(most));
  }

  /// What is read is not older than what was acknowledged before.
  void check_value(const Done& read) const {
    const auto* value = std::get_if<Bytes>(&read.value);
    for (const Done* done : by_key_.at(read.key())) {
      if ((done->command() != "SET" && done->command() != "REG.SET") || !must_see(*done, read)) continue;
      const auto& written = at(deeds_.written, {read.key(), done->draft.arguments[2]});
      const auto& seen = value != nullptr ? at(deeds_.written, {read.key(), *value}) : at(deeds_.cleared, read.key());
      const auto older = [&](const KnownEvent* event) {
        return std::all_of(written.begin(), written.end(),
                           [&](const KnownEvent* write) { return write->past.covers(event->event.dot); });
      };
      if (std::all_of(seen.begin(), seen.end(), older)) {
        blame(read, "answers " + (value != nullptr ? *value : "nothing") + ", which is older than what was acknowledged before: " +
                        told(*done));
      }
    }
  }

  const Deeds& deeds_;
  const Configuration& configuration_;
  Verdict& verdict_;
  std::map<Bytes, std::vector<const Done*>> by_key_;
};

}  // namespace

bool intersect(const Done& write, const Done& read, const Configuration& configuration) {
  const Level& w = write.draft.level;
  const Level& r = read.draft.level;
  std::size_t all = 0;
  for (const DcId id : configuration.datacenters()) {
    const std::size_t replicas = configuration.datacenter(id)->replicas;
    all += replicas;
    if (count_in(id, w, write, configuration) + count_in(id, r, read, configuration) > replicas) return true;
  }
  return total_of(w, write, configuration) + total_of(r, read, configuration) > all;
}

void check_reads(const History& history, const Deeds& deeds, const Configuration& configuration, Verdict& verdict) {
  const Reads reads(history, deeds, configuration, verdict);
  for (const Done& done : history) {
    if (done.ok()) reads.check(done);
  }
}

namespace {

struct Asked {
  Bytes command;
  Bytes key;
  Value expected;
};

/// False if some question found too few replicas up: it is to be asked again.
bool ask(Cluster& cluster, const std::string& node, const std::vector<Asked>& asked, Verdict& verdict) {
  std::vector<Request> requests;
  for (const Asked& question : asked) {
    Request request;
    request.arguments = {question.command, question.key};
    request.read_level = request.write_level = Level{Level::Kind::local_one, 0};
    requests.push_back(std::move(request));
  }
  struct Answers {
    std::size_t count = 0;
    bool unavailable = false;
  };
  const auto answers = std::make_shared<Answers>();
  cluster.send(node, std::move(requests), [answers, asked, node, &verdict](std::size_t index, const Response& response) {
    ++answers->count;
    const Asked& question = asked[index];
    if (const auto* error = std::get_if<Error>(&response.result)) {
      answers->unavailable = answers->unavailable || error->code == ErrorCode::unavailable;
      if (error->code == ErrorCode::unavailable) return;
      verdict.blame("oracle", node + ": " + question.command + " " + question.key + ": " + to_string(*error));
    } else if (std::get<Value>(response.result) != question.expected) {
      verdict.blame("oracle", node + ": " + question.command + " " + question.key + " is not what its events declare");
    }
  });
  return cluster.run_until([&] { return answers->count == asked.size(); }, 5s) && !answers->unavailable;
}

/// A node that holds nothing itself learns by heartbeats who does.
void check_node(Cluster& cluster, const std::string& node, const std::vector<Asked>& asked, Verdict& verdict) {
  for (int tries = 0; tries < 5; ++tries) {
    if (ask(cluster, node, asked, verdict)) return;
    cluster.run_for(1s);
  }
  verdict.blame("oracle", node + " does not answer");
}

}  // namespace

void check_oracle(Cluster& cluster, Witness& witness, Verdict& verdict) {
  std::vector<Asked> asked;
  for (std::uint32_t number = 0; number < cluster.placement().partitions(); ++number) {
    const PartitionId id{number};
    const NodeId replica = cluster.placement().all_replicas(id).front();
    const VersionVector clock = cluster.store(cluster.configuration().node(replica)->name).partition(id).clock();
    for (const auto& [key, expected] : expected_of(witness.book(id), clock)) {
      for (const Bytes& command : reads_of(expected.type)) {
        if (auto reply = expected_reply(command, expected)) asked.push_back({command, key, std::move(*reply)});
      }
    }
  }
  for (const DcId id : cluster.configuration().datacenters()) {
    const auto nodes = cluster.configuration().nodes_of(id);
    check_node(cluster, cluster.configuration().node(nodes[cluster.random().below(nodes.size())])->name, asked, verdict);
  }
}

}  // namespace causeway::testing
