// The strong list specification (Attiya and others, "Specification and complexity of collaborative text editing", 2016), and that
// concurrent runs do not interleave (Weidner and Kleppmann, "The Art of the Fugue", 2023). Nobody ever reads two items in two
// orders; an item was put where its operation said, among the items that its issuer saw; and what is concurrent with an
// item stands before it and all that grew from it there, or behind all of that.
#include <algorithm>

#include "tests/sim/checks.h"
#include "tests/sim/told.h"

namespace causeway::testing {
namespace {

struct Item {
  Bytes position;
  Bytes value;  ///< the first
  const KnownEvent* by = nullptr;
  std::vector<const Touch*> touches;
};

/// One list, with all items that it ever had, in their order.
struct List {
  Bytes name;
  Who clears;
  std::vector<Item> items;
};

/// Lists have no events that put two items at one position: the first write at a position made the item.
Item item_of(const Bytes& position, const Container& field) {
  Item item;
  item.position = position;
  for (const auto& [type, story] : field.stories) {
    for (const Touch& touch : story.touches) item.touches.push_back(&touch);
  }
  for (const Touch* touch : item.touches) {
    if (!touch->inserts() || (item.by != nullptr && !item.by->past.covers(touch->by->event.dot))) continue;
    item.by = touch->by;
    item.value = *written_by(*touch);
  }
  return item;
}

void find_lists(const Container& container, const Bytes& name, Who clears, std::vector<List>& lists) {
  clears.insert(clears.end(), container.clears.begin(), container.clears.end());
  for (const auto& [type, story] : container.stories) {
    if (type == EntryType::list) {
      List& list = lists.emplace_back();
      list.name = name;
      list.clears = clears;
      for (const auto& [position, field] : story.fields) {
        if (Item item = item_of(position, field); item.by != nullptr) list.items.push_back(std::move(item));
      }
    } else {
      for (const auto& [field, inner] : story.fields) find_lists(inner, name + " " + field, clears, lists);
    }
  }
}

/// Whether who has seen `view` sees the item.
bool is_seen(const Item& item, const VersionVector& view, const Who& clears) {
  const auto took = [&](const KnownEvent* later, const KnownEvent* write) {
    return view.covers(later->event.dot) && later->past.covers(write->event.dot);
  };
  return std::any_of(item.touches.begin(), item.touches.end(), [&](const Touch* write) {
    if (!write->inserts() || !view.covers(write->by->event.dot)) return false;
    const bool replaced = std::any_of(item.touches.begin(), item.touches.end(),
                                      [&](const Touch* later) { return took(later->by, write->by); });
    return !replaced && std::none_of(clears.begin(), clears.end(),
                                     [&](const KnownEvent* clear) { return took(clear, write->by); });
  });
}

/// What was asked of a list, as if the list were an object of its own: command, name, and so on.
std::vector<Bytes> words_of(const Done& done) {
  std::vector<Bytes> words = done.draft.arguments;
  while (words[0] == "MAP.IN") {  // key field command …
    std::vector<Bytes> inner{words[3], words[2]};
    inner.insert(inner.end(), words.begin() + 4, words.end());
    words = std::move(inner);
  }
  return words;
}

using Pushes = std::map<Bytes, const Done*>;  // by the values that were pushed

Pushes pushes_of(const History& history) {
  Pushes pushes;
  for (const Done& done : history) {
    const Bytes command = words_of(done)[0];
    if (command != "RPUSH" && command != "LPUSH" && command != "LINSERT") continue;
    for (const Bytes& value : done.draft.meaning.names) pushes.emplace(value, &done);
  }
  return pushes;
}

bool are_concurrent(const KnownEvent& a, const KnownEvent& b) {
  return &a != &b && !a.past.covers(b.event.dot) && !b.past.covers(a.event.dot);
}

bool had_value(const Item& item, const Bytes& value) {
  return std::any_of(item.touches.begin(), item.touches.end(),
                     [&](const Touch* touch) { return written_by(*touch) == value; });
}

class ListCheck {
 public:
  ListCheck(const List& list, const Pushes& pushes, Verdict& verdict)
      : list_(list), pushes_(pushes), verdict_(verdict) {}

  void check() {
    std::map<Dot, const KnownEvent*> events;
    for (const Item& item : list_.items) events.emplace(item.by->event.dot, item.by);
    for (const auto& [dot, event] : events) check_event(*event);
    for (const auto& [event, run] : runs_) check_run(*event, run);
  }

 private:
  /// Items by their numbers in the list.
  using Items = std::vector<std::size_t>;
  /// What an event made, and what grew from that: from the first item to the last.
  struct Run {
    std::size_t first;
    std::size_t last;
  };

  /// The items that one event made stand in one row, where it was asked for, among what its issuer saw.
  void check_event(const KnownEvent& event) {
    const auto& clears = list_.clears;
    const bool begins_anew = std::find(clears.begin(), clears.end(), &event) != clears.end();
    Items view;
    Items made;
    for (std::size_t i = 0; i < list_.items.size(); ++i) {
      if (list_.items[i].by == &event) {
        made.push_back(i);
      } else if (!begins_anew && is_seen(list_.items[i], event.past, list_.clears)) {
        view.push_back(i);
      }
    }
    const auto right = std::upper_bound(view.begin(), view.end(), made.front());
    if (right != std::upper_bound(view.begin(), view.end(), made.back())) {
      return blame(made.front(), "is not beside the others of its event");
    }
    const Item* const before = right == view.begin() ? nullptr : &list_.items[*std::prev(right)];
    const Item* const behind = right == view.end() ? nullptr : &list_.items[*right];
    check_place(made, before, behind);
    join_run(event, made, before, behind);
  }

  void check_place(const Items& made, const Item* before, const Item* behind) {
    const auto push = pushes_.find(list_.items[made.front()].value);
    if (push == pushes_.end()) return;
    const std::vector<Bytes> words = words_of(*push->second);
    std::vector<Bytes> wanted = push->second->draft.meaning.names;
    if (words[0] == "LPUSH") std::reverse(wanted.begin(), wanted.end());
    std::vector<Bytes> values;
    for (const std::size_t item : made) values.push_back(list_.items[item].value);
    if (values != wanted) return blame(made.front(), "and what came with it are not as they were asked for");
    bool there = words[0] == "RPUSH" ? behind == nullptr : before == nullptr;
    if (words[0] == "LINSERT") {
      const Item* const pivot = words[2] == "BEFORE" ? behind : before;
      there = pivot != nullptr && had_value(*pivot, words[3]);
    }
    if (!there) blame(made.front(), "is not where it was asked for by " + told(*push->second));
  }

  /// An actor goes on with what it put there last, if that is next to what it puts there now.
  void join_run(const KnownEvent& event, const Items& made, const Item* before, const Item* behind) {
    const KnownEvent* grows_from = nullptr;
    for (const Item* beside : {before, behind}) {
      if (beside == nullptr || beside->by->event.dot.actor != event.event.dot.actor) continue;
      if (grows_from == nullptr || grows_from->event.dot < beside->by->event.dot) grows_from = beside->by;
    }
    parents_[&event] = grows_from;
    runs_.emplace(&event, Run{made.front(), made.back()});
    for (; grows_from != nullptr; grows_from = parents_.at(grows_from)) {
      Run& run = runs_.at(grows_from);
      run.first = std::min(run.first, made.front());
      run.last = std::max(run.last, made.back());
    }
  }

  void check_run(const KnownEvent& event, const Run& run) {
    for (std::size_t i = run.first; i <= run.last; ++i) {
      if (are_concurrent(event, *list_.items[i].by))
        blame(i, "stands amid what grew from " + to_text(event.event.dot));
    }
  }

  void blame(std::size_t item, const std::string& what) {
    verdict_.blame("list", list_.name + ": " + list_.items[item].value + " of " +
                               to_text(list_.items[item].by->event.dot) + " " + what);
  }

  const List& list_;
  const Pushes& pushes_;
  Verdict& verdict_;
  std::map<const KnownEvent*, const KnownEvent*> parents_;
  std::map<const KnownEvent*, Run> runs_;
};

/// Whatever is read, of items that are there or were, is in their order.
void check_orders(const std::vector<List>& lists, const History& history, Verdict& verdict) {
  std::map<Bytes, std::pair<const List*, std::size_t>> places;  // by value
  for (const List& list : lists) {
    for (std::size_t i = 0; i < list.items.size(); ++i) {
      for (const Touch* touch : list.items[i].touches) {
        if (const auto value = written_by(*touch)) places.emplace(*value, std::pair(&list, i));
      }
    }
  }
  for (const Done& done : history) {
    if (!done.ok() || words_of(done)[0] != "LRANGE") continue;
    std::pair<const List*, std::size_t> last{};
    for (const Value& value : std::get<Value::Array>(done.value)) {
      const auto at = places.find(std::get<Bytes>(value));
      if (at == places.end()) continue;
      if (last.first == at->second.first && last.second >= at->second.second) {
        verdict.blame("list", told(done) + ": reads " + at->first + " in another order than others");
      }
      last = at->second;
    }
  }
}

}  // namespace

void check_lists(EventBook& book, const History& history, Verdict& verdict) {
  VersionVector all;
  book.each([&](const KnownEvent& known) { all.raise(known.event.dot); });
  std::vector<List> lists;
  const auto objects = stories_of(book, all);
  for (const auto& [key, object] : objects) find_lists(object, key, {}, lists);
  if (lists.empty()) return;
  const Pushes pushes = pushes_of(history);
  for (const List& list : lists) ListCheck(list, pushes, verdict).check();
  check_orders(lists, history, verdict);
}

}  // namespace causeway::testing
