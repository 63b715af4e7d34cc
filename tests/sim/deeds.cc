#include "tests/sim/deeds.h"

namespace causeway::testing {
namespace {

using Kind = Meaning::Kind;

void add_update(EventBook& book, const KnownEvent& known, const Update& update, Deeds& deeds) {
  const PathParts parts = parts_of(update.path);
  if (!update.payload || !is_type(parts.type)) return;
  const Touch touch{&known, &update, parts.part, parts.subkey};
  const Bytes base = update.path.substr(0, parts.base);
  if (parts.part == Part::cell && !known.event.request_id) {
    const Said amount{update.key, value_at(parts.type, base), std::to_string(delta_of(book, touch))};
    deeds.anonymous[amount].push_back(&known);
  }
  const TypeRule& rule = rule_of(parts.type);
  if (const auto name = rule.says ? rule.says(touch) : std::nullopt) {
    deeds.said[{update.key, value_at(parts.type, base), *name}].push_back(&known);
  }
  if (parts.fields.empty()) return;
  const FieldStep& last = parts.fields.back();
  const TypeRule& outer = rule_of(last.type);
  if (const auto name = outer.says_in ? outer.says_in(last.field, touch) : std::nullopt) {
    const std::size_t field_bytes = base_of({}, last.type, last.field).size();
    deeds.said[{update.key, value_at(last.type, base.substr(0, base.size() - field_bytes)), *name}].push_back(
        &known);
  }
}

}  // namespace

void add_deeds(EventBook& book, Deeds& deeds) {
  book.each([&](const KnownEvent& known) {
    if (known.event.request_id) deeds.requests[*known.event.request_id].push_back(&known);
    for (const Drafted& mutation : known.event.mutations) {
      if (const auto* update = std::get_if<Update>(&mutation)) {
        add_update(book, known, *update, deeds);
      } else {
        const auto& removal = std::get<RangeRemoval>(mutation);
        deeds.cleared[{removal.key, removal.prefix}].push_back(&known);
      }
    }
  });
}

const Who& events_of(const Done& done, const Deeds& deeds) {
  const Meaning& meaning = done.draft.meaning;
  if (meaning.counts && done.request_id) return at(deeds.requests, *done.request_id);
  if (meaning.kind == Kind::increment) {
    return at(deeds.anonymous, {done.key(), meaning.where, std::to_string(meaning.amount)});
  }
  return at(deeds.said, {done.key(), meaning.where, meaning.names.front()});
}

Who makers_of(const Done& done, const Deeds& deeds) {
  const Meaning& meaning = done.draft.meaning;
  if (meaning.kind != Kind::reach) return events_of(done, deeds);
  const bool most = meaning.where.ends_with(static_cast<char>(EntryType::maximum));
  const std::int64_t wanted = std::stoll(meaning.names.front());
  Who makers;
  for (auto row = deeds.said.lower_bound({done.key(), meaning.where, {}});
       row != deeds.said.end() && row->first.key == done.key() && row->first.where == meaning.where; ++row) {
    const std::int64_t number = std::stoll(row->first.name);
    if (most ? number < wanted : number > wanted) continue;
    makers.insert(makers.end(), row->second.begin(), row->second.end());
  }
  return makers;
}

bool is_recognisable(const Done& done) {
  const Meaning& meaning = done.draft.meaning;
  return meaning.own || (meaning.counts && done.request_id);
}

bool inserts(const Done& done) {
  const Meaning& meaning = done.draft.meaning;
  return meaning.kind == Kind::add || meaning.kind == Kind::write;
}

Who clears_of(const Done& read, const Deeds& deeds) {
  Who clears;
  for (auto row = deeds.cleared.lower_bound({read.key(), {}});
       row != deeds.cleared.end() && row->first.first == read.key(); ++row) {
    if (!read.draft.meaning.where.starts_with(row->first.second)) continue;
    clears.insert(clears.end(), row->second.begin(), row->second.end());
  }
  return clears;
}

}  // namespace causeway::testing
