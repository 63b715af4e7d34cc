// INFO, CONFIG and COMMAND: what a node tells of itself, in the words of Redis.
#include <fnmatch.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "server/resp_door.h"
#include "server/resp_session.h"

namespace causeway {
namespace {

// ---- INFO ----------------------------------------------------------------------------------------------------

class Lines {
 public:
  void add(BytesView name, BytesView value) { text_ += Bytes(name) + ":" + Bytes(value) + "\r\n"; }
  void add(BytesView name, std::uint64_t value) { add(name, BytesView(std::to_string(value))); }
  [[nodiscard]] const Bytes& text() const { return text_; }

 private:
  Bytes text_;
};

void tell_server(Lines& lines, const RespFacts& facts) {
  lines.add("redis_version", redis_version);
  lines.add("redis_mode", "standalone");
  lines.add("causeway_version", CAUSEWAY_VERSION);
  lines.add("causeway_cluster", facts.cluster);
  lines.add("causeway_node", facts.status.node);
  lines.add("causeway_datacenter", facts.status.datacenter);
  lines.add("causeway_ready", facts.status.ready ? "yes" : "no: " + facts.status.reason);
  lines.add("arch_bits", 8 * sizeof(void*));
  lines.add("process_id", static_cast<std::uint64_t>(getpid()));
  lines.add("tcp_port", facts.port);
  lines.add("uptime_in_seconds", facts.uptime_s);
  lines.add("uptime_in_days", facts.uptime_s / 86'400);
}

void tell_clients(Lines& lines, const RespFacts& facts) {
  lines.add("connected_clients", facts.counters.connections);
  lines.add("blocked_clients", std::uint64_t{0});
}

void tell_persistence(Lines& lines, const RespFacts& facts) {
  lines.add("loading", std::uint64_t{0});
  lines.add("causeway_log_bytes", facts.status.log_bytes);
  lines.add("causeway_state_bytes", facts.status.state_bytes);
}

void tell_stats(Lines& lines, const RespFacts& facts) {
  lines.add("total_connections_received", facts.counters.connections_received);
  lines.add("total_commands_processed", facts.counters.commands);
  lines.add("rejected_connections", facts.counters.connections_rejected);
  lines.add("client_output_buffer_limit_disconnections", facts.counters.connections_cut_off);
  lines.add("causeway_protocol_errors", facts.counters.protocol_errors);
  lines.add("causeway_operations", facts.status.operations);
  lines.add("causeway_divergences", facts.status.divergences);
}

void tell_replication(Lines& lines, const RespFacts& facts) {
  lines.add("role", "master");
  lines.add("connected_slaves", std::uint64_t{0});
  lines.add("causeway_peers", facts.status.peers.size());
  lines.add("causeway_peers_alive",
            static_cast<std::uint64_t>(std::count_if(facts.status.peers.begin(), facts.status.peers.end(),
                                                     [](const PeerStatus& peer) { return peer.alive; })));
}

void tell_keyspace(Lines& lines, const RespFacts& facts) {
  lines.add("causeway_partitions", facts.status.partitions);
  lines.add("causeway_entries", facts.status.entries);
}

struct Section {
  BytesView name;
  BytesView title;
  void (*tell)(Lines& lines, const RespFacts& facts);
};
constexpr Section sections[] = {
    {"server", "# Server\r\n", tell_server},
    {"clients", "# Clients\r\n", tell_clients},
    {"persistence", "# Persistence\r\n", tell_persistence},
    {"stats", "# Stats\r\n", tell_stats},
    {"replication", "# Replication\r\n", tell_replication},
    {"keyspace", "# Keyspace\r\n", tell_keyspace},
};

// ---- CONFIG --------------------------------------------------------------------------------------------------

/// What clients of Redis look for, and what is true here of it. The rest is in the topology file.
std::vector<std::pair<Bytes, Bytes>> settings(const RespFacts& facts) {
  return {
      {"appendfsync", facts.durable_sync ? "always" : "everysec"},
      {"appendonly", "yes"},
      {"bind", facts.address},
      {"cluster-enabled", "no"},
      {"databases", "1"},
      {"maxmemory", std::to_string(facts.memory_bytes)},
      {"maxmemory-policy", "noeviction"},
      {"port", std::to_string(facts.port)},
      {"proto-max-bulk-len", std::to_string(facts.request_bytes)},
      {"requirepass", ""},
      {"save", ""},
      {"timeout", "0"},
  };
}

/// Of how Redis lays out small values in memory: of no meaning here, and of no harm.
constexpr BytesView encoding_limits[] = {
    "hash-max-listpack-entries", "hash-max-listpack-value",   "hash-max-ziplist-entries",
    "hash-max-ziplist-value",    "hll-sparse-max-bytes",      "list-compress-depth",
    "list-max-listpack-size",    "list-max-ziplist-size",     "set-max-intset-entries",
    "set-max-listpack-entries",  "set-max-listpack-value",    "stream-node-max-bytes",
    "stream-node-max-entries",   "zset-max-listpack-entries", "zset-max-listpack-value",
    "zset-max-ziplist-entries",  "zset-max-ziplist-value",
};

void get_config(RespCall& call) {
  std::vector<std::pair<Bytes, Bytes>> found;
  for (auto& setting : settings(call.door.facts())) {
    const auto wanted = [&](BytesView pattern) {
      return fnmatch(lower(pattern).c_str(), setting.first.c_str(), 0) == 0;
    };
    const RespArguments patterns = call.arguments.subspan(2);
    if (std::any_of(patterns.begin(), patterns.end(), wanted)) found.push_back(std::move(setting));
  }
  call.out.map(found.size());
  for (const auto& [name, value] : found) {
    call.out.bulk(name);
    call.out.bulk(value);
  }
}

void set_config(RespCall& call) {
  for (std::size_t at = 2; at < call.arguments.size(); at += 2) {
    if (std::find(std::begin(encoding_limits), std::end(encoding_limits), word(call, at)) !=
        std::end(encoding_limits)) {
      continue;
    }
    call.out.error("ERR CONFIG SET failed - '" + Bytes(call.arguments[at].substr(0, 128)) +
                   "' cannot be set here; limits and durability stand in the topology file");
    return;
  }
  call.out.ok();
}

// ---- COMMAND -------------------------------------------------------------------------------------------------

bool has_key(const RespCommand& command) { return command.data != nullptr; }
bool is_write(const RespCommand& command) { return has_key(command) && command.data->access != Access::read; }

/// Name, arity, flags, first key, last key, step, categories, tips, key specifications, subcommands.
void tell_command(RespWriter& out, const RespCommand& command) {
  const bool moves = has_key(command) && command.data->traits.key_count > 0;
  out.array(10);
  out.bulk(command.name);
  out.integer(command.arity());
  out.set(has_key(command) && !moves ? 1 : 2);
  if (has_key(command)) {
    out.status(is_write(command) ? "write" : "readonly");
    if (moves) out.status("movablekeys");
  } else {
    out.status("loading");
    out.status("stale");
  }
  const bool stands = has_key(command) && command.data->traits.first_key > 0;
  out.integer(stands ? command.data->traits.first_key : 0);
  out.integer(stands ? command.data->traits.last_key : 0);
  out.integer(stands ? command.data->traits.key_step : 0);
  out.set(1);
  out.status(is_write(command) ? "@write" : (has_key(command) ? "@read" : "@connection"));
  out.array(0);
  out.array(0);
  out.array(0);
}

void tell_docs(RespWriter& out, const RespCommand& command) {
  out.bulk(command.name);
  out.map(4);
  out.bulk("summary");
  out.bulk(command.help());
  out.bulk("since");
  out.bulk("1.0.0");
  out.bulk("group");
  out.bulk(has_key(command) ? command.data->type : BytesView("connection"));
  out.bulk("arguments");
  std::vector<BytesView> words;
  for (BytesView rest = command.arguments(); !rest.empty();) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    words.push_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  out.array(words.size());
  for (const BytesView each : words) {
    out.map(2);
    out.bulk("name");
    out.bulk(each);
    out.bulk("type");
    out.bulk("string");
  }
}

/// Those that are named from argument 2 on, or all; null stands for a name that is none.
std::vector<const RespCommand*> named(const RespCall& call) {
  std::vector<const RespCommand*> found;
  if (call.arguments.size() <= 2) {
    for (const RespCommand& each : call.door.commands().all()) found.push_back(&each);
  } else {
    for (const BytesView name : call.arguments.subspan(2)) found.push_back(call.door.commands().find(name));
  }
  return found;
}

void tell_infos(RespCall& call) {
  const auto found = named(call);
  call.out.array(found.size());
  for (const RespCommand* each : found) {
    each == nullptr ? call.out.null() : tell_command(call.out, *each);
  }
}

void tell_all_docs(RespCall& call) {
  auto found = named(call);
  std::erase(found, nullptr);
  call.out.map(found.size());
  for (const RespCommand* each : found) tell_docs(call.out, *each);
}

void tell_keys(RespCall& call) {
  const RespArguments inner = call.arguments.subspan(2);
  const RespCommand* command = call.door.commands().find(inner[0]);
  if (command == nullptr) return call.out.error("ERR Invalid command specified");
  if (!has_key(*command)) return call.out.error("ERR The command has no key arguments");
  if (!command->takes(inner.size()))
    return call.out.error("ERR Invalid number of arguments specified for command");
  if (command->data->traits.key_count > 0 && !counted_keys(*command->data, inner))
    return call.out.error("ERR Invalid arguments specified for command");
  const auto keys = keys_of(*command->data, inner);
  call.out.array(keys.size());
  for (const std::size_t key : keys) call.out.bulk(inner[key]);
}

}  // namespace

void run_info(RespCall& call) {
  std::vector<Bytes> wanted;
  for (std::size_t at = 1; at < call.arguments.size(); ++at) wanted.push_back(word(call, at));
  const auto is_wanted = [&](BytesView name) {
    const auto asks = [&](const Bytes& each) {
      return each == name || each == "all" || each == "everything" || each == "default";
    };
    return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), asks);
  };
  const RespFacts facts = call.door.facts();
  Bytes text;
  for (const Section& section : sections) {
    if (!is_wanted(section.name)) continue;
    Lines lines;
    section.tell(lines, facts);
    text += (text.empty() ? "" : "\r\n") + Bytes(section.title) + lines.text();
  }
  call.out.verbatim(text);
}

void run_config(RespCall& call) {
  const Bytes what = word(call, 1);
  const std::size_t count = call.arguments.size();
  if (what == "get") {
    if (has_arguments(call, 3, count)) get_config(call);
  } else if (what == "set") {
    if (has_arguments(call, count % 2 == 0 ? 4 : count + 1, count)) set_config(call);
  } else {
    unknown_subcommand(call);
  }
}

void run_command(RespCall& call) {
  const std::size_t count = call.arguments.size();
  const Bytes what = count == 1 ? "info" : word(call, 1);
  if (what == "info") {
    tell_infos(call);
  } else if (what == "count") {
    if (has_arguments(call, 2, 2))
      call.out.integer(static_cast<std::int64_t>(call.door.commands().all().size()));
  } else if (what == "list") {
    if (!has_arguments(call, 2, 2)) return;
    call.out.array(call.door.commands().all().size());
    for (const RespCommand& each : call.door.commands().all()) call.out.bulk(each.name);
  } else if (what == "docs") {
    tell_all_docs(call);
  } else if (what == "getkeys") {
    if (has_arguments(call, 3, count)) tell_keys(call);
  } else {
    unknown_subcommand(call);
  }
}

}  // namespace causeway
