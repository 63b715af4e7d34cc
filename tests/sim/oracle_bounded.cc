// Bounded counters: counters that nobody reads below 0, and that are never below it but for deletes. Each gift of rights stays until a delete saw it.
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
                              // A delete forgets what it saw; what was subtracted beside it is owed.
                              const std::int64_t least = clears.empty() ? sum.amount : 0;
                              const Value value = std::max(least, sum.amount);
                              if (sum.cells > 0) declared.shown = Shown{value, {{{"BOUNDED.GET"}, value}}};
                              return declared;
                            }};

}  // namespace causeway::testing
