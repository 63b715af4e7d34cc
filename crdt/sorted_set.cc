#include "crdt/sorted_set.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/plant.h"
#include "base/serial.h"
#include "crdt/request.h"

namespace causeway {
namespace {

constexpr std::uint64_t sign_bit = std::uint64_t{1} << 63U;

bool is_number(std::uint64_t bits) { return !std::isnan(std::bit_cast<double>(bits)); }
bool is_amount(std::uint64_t bits) { return bits < sign_bit && is_number(bits); }

double amount_of(Sign sign, std::uint64_t bits) {
  const auto amount = std::bit_cast<double>(bits);
  return sign == Sign::plus ? amount : -amount;
}

tl::unexpected<Error> damaged(BytesView key) {
  return fail(ErrorCode::internal,
              "a score in a key of " + std::to_string(key.size()) + " bytes cannot be read: it is damaged");
}

Result<double> score_set(BytesView key, const Sibling& set) {
  Reader reader(set.value);
  const std::uint64_t bits = reader.u64();
  if (!reader.done() || !is_number(bits)) return damaged(key);
  return std::bit_cast<double>(bits);
}

Result<void> add_cells(BytesView key, const CounterState& counter, ExactSum& sum) {
  const auto is_tally = [](const Tally& tally) { return is_amount(tally.amount); };
  if (!std::all_of(counter.cells.begin(), counter.cells.end(), is_tally) ||
      !std::all_of(counter.forgotten.begin(), counter.forgotten.end(), is_tally)) {
    return damaged(key);
  }
  counter.each_count([&sum](Sign sign, std::uint64_t amount, std::uint64_t forgotten) {
    sum.add(amount_of(sign, amount));
    sum.take(amount_of(sign, forgotten));
  });
  return {};
}

Result<void> take_surplus(const ObjectEntries& entries, const Place& score, const CounterState& counter,
                          ExactSum& sum) {
  ObjectSummary summary;
  CW_TRY_VOID(entries.summary(score.key, score.base, summary));
  bool readable = true;
  CW_TRY_VOID(each_surplus(entries, score, counter, summary, [&](Sign sign, std::uint64_t delta) {
    readable = readable && is_amount(delta);
    if (readable) sum.take(amount_of(sign, delta));
  }));
  if (!readable) return damaged(score.key);
  return {};
}

/// What doubles are ordered by, negative ones included.
std::uint64_t rank_bits(double score) {
  const auto bits = std::bit_cast<std::uint64_t>(score + 0.0);  // -0 is 0
  return (bits & sign_bit) != 0 ? ~bits : bits | sign_bit;
}

}  // namespace

Result<void> read_score(const ObjectEntries& entries, const Place& score, ScoreState& state) {
  CW_TRY_VOID(read_register(entries, score, state.sets));
  if (!state.sets.empty()) {
    CW_TRY(const double set, score_set(score.key, state.sets.front()));
    state.sum.add(set);
  }
  CW_TRY_VOID(read_counter(entries, score, state.counter));
  if (state.counter.cells.empty()) return {};  // then no execution counts either
  CW_TRY_VOID(add_cells(score.key, state.counter, state.sum));
  return take_surplus(entries, score, state.counter, state.sum);
}

Result<void> set_score(const Context& context, const Place& score, const ScoreState& observed, double value) {
  Bytes bits;
  Writer(bits).u64(std::bit_cast<std::uint64_t>(value));
  CW_TRY_VOID(put_register(context.entries, score, context.hlc, bits, context.changes));
  reset_counter(observed.counter, score, context.dot.actor, context.changes);
  return {};
}

Result<void> remove_score(const Context& context, const Place& score, const ScoreState& observed) {
  const Path path = score.path(Part::value);
  Dots dots;
  CW_TRY_VOID(dots_at(context.entries, score.key, path, dots));
  if (!dots.empty()) context.changes.remove(score.key, path, dots);
  reset_counter(observed.counter, score, context.dot.actor, context.changes);
  return {};
}

Result<double> add_to_score(const Context& context, const Place& score, const ScoreState& observed,
                            double delta) {
  const Added added = add_to_counter(observed.counter, score, context.dot, delta, context.changes);
  if (added.id.run == context.dot.counter) {
    CW_TRY_VOID(
        purge_own_forgotten(context.entries, observed.counter, score, context.dot.actor, context.changes));
  }
  if (context.request_id && !planted(Plant::request_not_recorded)) {
    record_request(score, *context.request_id, added, context.changes);
  }
  ExactSum sum = observed.sum;
  sum.add(amount_of(added.id.sign, added.cumulative));
  sum.take(amount_of(added.id.sign, observed.counter.cell(added.id).value_or(0)));
  return sum.value();
}

Bytes score_key(double score) {
  Bytes key;
  Writer(key).u64_big(rank_bits(score));
  return key;
}

Bytes score_key_above(double score) {
  Bytes key;
  Writer(key).u64_big(rank_bits(score) + 1);
  return key;
}

Bytes member_key(double score, BytesView member) {
  Bytes key = score_key(score);
  append_field(key, member);
  return key;
}

double score_in(BytesView order_key) {
  const std::uint64_t bits = Reader(order_key).u64_big();
  return std::bit_cast<double>((bits & sign_bit) != 0 ? bits ^ sign_bit : ~bits);
}

Bytes member_in(BytesView order_key) {
  return read_field(order_key.substr(score_key_bytes)).value_or(Bytes());
}

double score_of(std::span<const EntryView> member, BytesView base) {
  const Place score{{}, base, EntryType::score};
  ScoreState state;
  const auto readable = read_score(ObjectEntries(member), score, state);
  return readable ? state.score() : 0;
}

}  // namespace causeway
