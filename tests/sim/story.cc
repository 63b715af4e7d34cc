#include "tests/sim/story.h"

#include <algorithm>

#include "base/check.h"

namespace causeway::testing {
namespace {

Container& follow(Container& object, const std::vector<FieldStep>& steps) {
  Container* at = &object;
  for (const FieldStep& step : steps) at = &at->stories[step.type].fields[step.field];
  return *at;
}

}  // namespace

bool saw(const Who& later, const KnownEvent& event) {
  return std::any_of(later.begin(), later.end(),
                     [&](const KnownEvent* other) { return other->past.covers(event.event.dot); });
}

std::map<Bytes, Container> stories_of(EventBook& book, const VersionVector& clock) {
  std::map<Bytes, Container> objects;
  book.each([&](const KnownEvent& known) {
    if (!clock.covers(known.event.dot)) return;
    for (const Drafted& mutation : known.event.mutations) {
      if (const auto* update = std::get_if<Update>(&mutation)) {
        const PathParts parts = parts_of(update->path);
        follow(objects[update->key], parts.fields)
            .stories[parts.type]
            .touches.push_back({&known, update, parts.part, parts.subkey});
      } else {
        const auto& removal = std::get<RangeRemoval>(mutation);
        const auto steps = steps_to(removal.prefix);
        CW_CHECK(steps.has_value(), "a range removal is of a container");
        follow(objects[removal.key], *steps).clears.push_back(&known);
      }
    }
  });
  return objects;
}

std::vector<const Touch*> of_part(const Story& story, Part part) {
  std::vector<const Touch*> found;
  for (const Touch& touch : story.touches) {
    if (touch.part == part) found.push_back(&touch);
  }
  return found;
}

Who events_of(const std::vector<const Touch*>& touches) {
  Who who;
  for (const Touch* touch : touches) who.push_back(touch->by);
  return who;
}

std::vector<const Touch*> unseen(const std::vector<const Touch*>& touches, const Who& clears) {
  const Who others = events_of(touches);
  std::vector<const Touch*> left;
  std::copy_if(touches.begin(), touches.end(), std::back_inserter(left), [&](const Touch* touch) {
    return touch->inserts() && !saw(others, *touch->by) && !saw(clears, *touch->by);
  });
  return left;
}

void sort_newest_first(std::vector<const Touch*>& touches) {
  const auto stamp = [](const Touch* touch) {
    return std::pair(touch->by->event.hlc, touch->by->event.dot.actor);
  };
  std::sort(touches.begin(), touches.end(),
            [&](const Touch* a, const Touch* b) { return stamp(a) > stamp(b); });
}

}  // namespace causeway::testing
