#include "tests/cluster/workload.h"

namespace causeway::testing {
namespace {

constexpr int tries_max = 6;
constexpr std::int64_t expires_ms = 1'700'000'000'000 + 3'600'000;

/// Levels after whose acknowledgement every quorum of the datacenter has the write.
bool binds_datacenter(const Level& level) {
  return level.kind == Level::Kind::local_quorum || level.kind == Level::Kind::each_quorum || level.kind == Level::Kind::all;
}

}  // namespace

Client::Client(Cluster& cluster, Ledger& ledger, std::uint64_t number, const Habits& habits)
    : cluster_(cluster), ledger_(ledger), number_(number), habits_(habits) {
  for (const Datacenter& datacenter : cluster_.configuration().topology().datacenters) datacenters_.push_back(datacenter.name);
  home_ = datacenters_[number % datacenters_.size()];
}

void Client::step() {
  if (call_ && call_->result) finish();
  if (call_ && cluster_.now() < give_up_) return;
  if (!busy_) begin();
  if (++tries_ > tries_max) {  // its outcome stays unknown
    busy_ = reading_back_ = false;
    call_.reset();
    return;
  }
  send();
}

void Client::send() {
  Random& random = cluster_.random();
  if (!reading_back_) at_ = random.chance(1, 5) ? datacenters_[random.below(datacenters_.size())] : home_;
  const auto nodes = cluster_.configuration().nodes_of(dc_id(at_));
  const NodeId node = nodes[random.below(nodes.size())];
  give_up_ = cluster_.now() + 700ms;
  call_ = cluster_.call(cluster_.configuration().node(node)->name, arguments_, level_, request_id_, 600);
}

void Client::begin() {
  busy_ = true;
  tries_ = 0;
  Random& random = cluster_.random();
  if (random.chance(1, 8)) home_ = datacenters_[random.below(datacenters_.size())];
  static const std::vector<Level> levels = {
      {Level::Kind::local_quorum, 0}, {Level::Kind::local_quorum, 0}, {Level::Kind::local_quorum, 0},
      {Level::Kind::local_one, 0},    {Level::Kind::local_one, 0},    {Level::Kind::one, 0},
      {Level::Kind::two, 0},          {Level::Kind::quorum, 0},       {Level::Kind::each_quorum, 0},
      {Level::Kind::all, 0},          {Level::Kind::count, 3}};
  level_ = levels[random.below(levels.size())];
  request_id_ = RequestId{number_, ++serial_, expires_ms};
  draw(random);
}

void Client::draw(Random& random) {
  const auto key = [&](const char* kind) { return kind + std::to_string(random.below(static_cast<std::uint64_t>(habits_.keys))); };
  const Bytes unique = std::to_string(number_) + "-" + std::to_string(serial_);
  const Bytes amount = std::to_string(1 + random.below(5));
  switch (random.below(16)) {
    case 0:
    case 1:
    case 2: arguments_ = {"INCRBY", key("count"), amount}; break;
    case 3: arguments_ = {"DECRBY", key("count"), amount}; break;
    case 4:
    case 5: arguments_ = {"COUNTER.ADD", key("reset"), amount}; break;
    case 6: arguments_ = {random.chance(1, 3) ? "DEL" : "COUNTER.RESET", key("reset")}; break;
    case 7: arguments_ = {"REG.SET", key("register"), unique}; break;
    case 8: arguments_ = {"SET", key("text"), unique}; break;
    case 9: arguments_ = {"DEL", key(random.chance(1, 2) ? "text" : "bag")}; break;
    case 10: arguments_ = {"SADD", key("bag"), unique}; break;
    case 11:
    case 12:
      arguments_ = {"SREM", key("set"), std::to_string(number_) + "-" + std::to_string(1 + random.below(serial_))};
      ledger_.removal_tried.insert({arguments_[1], arguments_[2]});
      break;
    default: arguments_ = {"SADD", key("set"), unique};
  }
}

void Client::finish() {
  const auto call = std::exchange(call_, nullptr);
  const auto* value = std::get_if<Value>(&*call->result);
  if (value == nullptr) {
    ++ledger_.refused;
    return;  // tried again, elsewhere
  }
  busy_ = false;
  take_in(*value);
}

void Client::take_in(const Value& value) {
  if (std::exchange(reading_back_, false)) {
    const bool found = value == Value(std::int64_t{1});
    if (!found && !ledger_.removal_tried.contains({arguments_[1], arguments_[2]})) {
      ledger_.stale_reads.push_back(arguments_[1] + " " + arguments_[2] + " at " + at_);
    }
    return;
  }
  if (habits_.quorums_alone && !binds_datacenter(level_)) return;
  ++ledger_.acknowledged;
  const Bytes& name = arguments_[0];
  if (name == "INCRBY" || name == "DECRBY" || name == "COUNTER.ADD") ledger_.counted.insert(request_id_);
  if (name == "SET" || name == "REG.SET") ledger_.written.insert({arguments_[1], arguments_[2]});
  if (name != "SADD") return;
  ledger_.added.insert({arguments_[1], arguments_[2]});
  if (!arguments_[1].starts_with("set") || !binds_datacenter(level_)) return;
  // The next request: what was just acknowledged, read through some node of the same datacenter.
  busy_ = reading_back_ = true;
  tries_ = 0;
  arguments_[0] = "SISMEMBER";
  level_ = Level{};
}

}  // namespace causeway::testing
