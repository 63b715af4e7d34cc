// The rules of all types, each defined in a file of its own.
#pragma once

#include "tests/sim/oracle.h"

namespace causeway::testing {

extern const TypeRule register_rule;
extern const TypeRule string_rule;
extern const TypeRule counter_rule;
extern const TypeRule bounded_rule;
extern const TypeRule flag_rule;
extern const TypeRule disable_flag_rule;
extern const TypeRule maximum_rule;
extern const TypeRule minimum_rule;
extern const TypeRule hyperloglog_rule;
extern const TypeRule set_rule;
extern const TypeRule grow_set_rule;
extern const TypeRule remove_wins_set_rule;
extern const TypeRule map_rule;
extern const TypeRule list_rule;
extern const TypeRule score_rule;
extern const TypeRule sorted_set_rule;

}  // namespace causeway::testing
