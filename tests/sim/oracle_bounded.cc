// Bounded counters: counters that nobody reads below 0. Each gift of rights stays until a delete saw it.
#include <algorithm>

#include "tests/sim/oracle_rules.h"

namespace causeway::testing {

const TypeRule bounded_rule{EntryType::bounded, [](EventBook& book, const Story& story, const Who& clears) {
                              const Sum sum = sum_of(book, story, clears);
                              Declared declared;
                              declared.entries = sum.cells;
                              for (const Touch* gift : of_part(story, Part::right)) {
                                if (!saw(clears, *gift->by)) ++declared.entries;
                              }
                              const Value value = std::max<std::int64_t>(0, sum.amount);
                              if (sum.cells > 0) declared.shown = Shown{value, {{{"BOUNDED.GET"}, value}}};
                              return declared;
                            }};

}  // namespace causeway::testing
