// Counters: all increments count that no reset saw; those of one request once.
#include <algorithm>
#include <set>

#include "base/check.h"
#include "base/serial.h"
#include "tests/sim/oracle_rules.h"

namespace causeway::testing {
namespace {

std::int64_t amount_of(BytesView path, BytesView payload) {
  Reader reader(payload);
  const std::uint64_t amount = reader.varint();
  CW_CHECK(reader.done(), "a cell is read");
  return parts_of(path).type == EntryType::score ? quarters_of(amount) : static_cast<std::int64_t>(amount);
}

/// What a cell had before: in the event that it supersedes.
std::int64_t amount_before(EventBook& book, const Update& update) {
  std::int64_t before = 0;
  for (const Dot& dot : update.supersedes) {
    const KnownEvent* known = book.find(dot);
    if (known == nullptr) continue;
    for (const Drafted& mutation : known->event.mutations) {
      const auto* cell = std::get_if<Update>(&mutation);
      if (cell == nullptr || cell->key != update.key || cell->path != update.path || !cell->payload) continue;
      before = std::max(before, amount_of(cell->path, *cell->payload));
    }
  }
  return before;
}

}  // namespace

std::int64_t delta_of(EventBook& book, const Touch& touch) {
  const std::int64_t delta =
      amount_of(touch.update->path, touch.payload()) - amount_before(book, *touch.update);
  return touch.subkey.front() == '-' ? -delta : delta;
}

/// An event that resets does so for every cell that it saw, whether or not it names it.
Sum sum_of(EventBook& book, const Story& story, const Who& takers) {
  const auto touches = of_part(story, Part::cell);
  Who resets = takers;
  for (const Touch* touch : touches) {
    if (!touch->inserts()) resets.push_back(touch->by);
  }
  std::map<RequestId, std::optional<std::int64_t>> once;  // nothing: a reset saw one of the executions
  std::set<BytesView> cells;
  Sum sum;
  for (const Touch* touch : touches) {
    if (!touch->inserts()) continue;
    const std::int64_t delta = delta_of(book, *touch);
    const bool forgotten = saw(resets, *touch->by);
    if (!forgotten) cells.insert(touch->subkey);
    if (const auto& request = touch->by->event.request_id) {
      const auto [at, is_new] = once.try_emplace(*request, delta);
      if (forgotten) at->second.reset();
    } else {
      sum.amount += forgotten ? 0 : delta;
    }
  }
  for (const auto& [request, delta] : once) sum.amount += delta.value_or(0);
  sum.cells = cells.size();
  return sum;
}

const TypeRule counter_rule{EntryType::counter, [](EventBook& book, const Story& story, const Who& clears) {
                              const Sum sum = sum_of(book, story, clears);
                              Declared declared;
                              declared.entries = sum.cells;
                              if (sum.cells > 0)
                                declared.shown = Shown{sum.amount, {{{"COUNTER.GET"}, sum.amount}}};
                              return declared;
                            }};

}  // namespace causeway::testing
