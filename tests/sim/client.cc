#include "tests/sim/client.h"

#include <algorithm>

namespace causeway::testing {
namespace {

constexpr int tries_max = 5;
constexpr int not_yet_max = 3;
constexpr std::uint32_t timeout_ms = 600;
constexpr Micros patience = 700ms;
constexpr std::int64_t lifetime_ms = 3'600'000;
constexpr std::int64_t lifetime_ms_short = 1'500;  ///< of some request ids: they expire amid their retries

}  // namespace

Client::Client(Cluster& cluster, History& history, std::size_t number, const Plan& plan, Verdict& verdict)
    : cluster_(cluster), history_(history), verdict_(verdict), number_(number), in_session_(plan.sessions[number]),
      home_(plan.homes[number]), random_(plan.seed ^ (number + 1)) {}

void Client::take(const Batch& batch) {
  waiting_.push_back(batch);
  if (open_.empty()) begin();
}

void Client::begin() {
  const Batch batch = std::move(waiting_.front());
  waiting_.pop_front();
  if (batch.moves_to) home_ = *batch.moves_to;
  tries_ = 0;
  for (const Draft& draft : batch.drafts) {
    Done& done = history_.emplace_back();
    done.client = number_;
    done.draft = draft;
    done.began = cluster_.now();
    if (in_session_) done.session = session_[partition_of(done.key(), cluster_.placement().partitions())];
    done.session_number = session_number_;
    if (draft.with_id) {
      const std::int64_t lifetime = random_.chance(1, 6) ? lifetime_ms_short : lifetime_ms;
      done.request_id = RequestId{number_ + 1, ++serial_, cluster_.wall().time_since_epoch() / 1ms + lifetime};
    }
    open_.push_back(history_.size() - 1);
  }
  send();
}

Request Client::request_of(const Done& done) const {
  Request request;
  request.arguments = done.draft.arguments;
  request.read_level = request.write_level = done.draft.level;
  request.timeout_ms = timeout_ms;
  request.request_id = done.request_id;
  request.session = done.session;
  return request;
}

void Client::follow(Done& done, const Response& response) {
  if (!done.session) return;
  if (!response.session || !response.session->covers(*done.session)) {
    verdict_.blame("session", "an answer forgets what the session of client " + std::to_string(number_) + " depended on");
    return;
  }
  if (std::holds_alternative<Error>(response.result)) return;
  done.session_after = *response.session;
  session_[partition_of(done.key(), cluster_.placement().partitions())].join(*response.session);
}

/// What counts would count twice without an id: it is sent once.
void Client::leave_unrepeatable() {
  for (const std::size_t index : std::vector<std::size_t>(open_)) {
    Done& done = history_[index];
    if (done.tries == 0 || repeatable(done)) continue;
    done.outcome = done.unanswered == 0 ? Done::Outcome::refused : Done::Outcome::unknown;
    done.ended = cluster_.now();
    std::erase(open_, index);
  }
}

void Client::send() {
  leave_unrepeatable();
  if (open_.empty()) {
    if (!waiting_.empty()) begin();
    return;
  }
  ++tries_;
  const int try_number = ++try_;
  const auto& datacenters = cluster_.configuration().datacenters();
  const DcId datacenter = datacenters[random_.chance(1, 5) ? random_.below(datacenters.size()) : home_];
  const auto nodes = cluster_.configuration().nodes_of(datacenter);
  const std::string& node = cluster_.configuration().node(nodes[random_.below(nodes.size())])->name;
  std::vector<Request> requests;
  for (const std::size_t index : open_) {
    Done& done = history_[index];
    ++done.tries;
    ++done.unanswered;
    requests.push_back(request_of(done));
  }
  cluster_.send(node, std::move(requests), [this, try_number, datacenter, sent = open_](std::size_t index, const Response& response) {
    answered(sent[index], try_number, datacenter, response);
  });
  cluster_.at(cluster_.now() + patience, [this, try_number] { give_up(try_number); });
}

bool Client::repeatable(const Done& done) const {
  return !done.draft.meaning.counts || done.request_id;
}

void Client::renew_session(const Done& done) {
  const bool waited = !done.ok() && !done.errors.empty() && done.errors.back() == ErrorCode::not_yet;
  not_yet_ = waited ? not_yet_ + 1 : done.ok() ? 0 : not_yet_;
  if (not_yet_ < not_yet_max) return;
  not_yet_ = 0;
  ++session_number_;
  session_.clear();
}

void Client::finish(std::size_t index, Done::Outcome outcome) {
  history_[index].outcome = outcome;
  history_[index].ended = cluster_.now();
  renew_session(history_[index]);
  std::erase(open_, index);
  if (open_.empty() && !waiting_.empty()) begin();
}

void Client::answered(std::size_t index, int try_number, DcId datacenter, const Response& response) {
  Done& done = history_[index];
  const auto* error = std::get_if<Error>(&response.result);
  if (error == nullptr || error->tag != ErrorTag::ambiguous) --done.unanswered;
  if (error != nullptr) done.errors.push_back(error->code);
  if (std::find(open_.begin(), open_.end(), index) == open_.end()) return;  // given up, or answered before
  follow(done, response);
  if (error == nullptr) {
    done.value = std::get<Value>(response.result);
    done.datacenter = datacenter;
    return finish(index, Done::Outcome::ok);
  }
  const bool nothing_happened = done.unanswered == 0;
  if (error->tag == ErrorTag::fatal || !repeatable(done) || tries_ >= tries_max) {
    if (try_number == try_ || error->tag == ErrorTag::fatal) {
      return finish(index, nothing_happened ? Done::Outcome::refused : Done::Outcome::unknown);
    }
    return;
  }
  if (try_number != try_) return;
  cluster_.at(cluster_.now() + Micros(1000 + random_.below(100'000)), [this, try_number] {
    if (try_number == try_ && !open_.empty()) send();
  });
}

void Client::give_up(int try_number) {
  if (try_number != try_ || open_.empty()) return;
  const auto left = open_;
  for (const std::size_t index : left) {
    const Done& done = history_[index];
    if (tries_ < tries_max && repeatable(done)) continue;
    if (std::find(open_.begin(), open_.end(), index) == open_.end()) continue;
    finish(index, done.unanswered == 0 ? Done::Outcome::refused : Done::Outcome::unknown);
    if (try_number != try_) return;  // the next message has begun
  }
  if (!open_.empty()) send();
}

}  // namespace causeway::testing
