// The rules of all types, each defined in a file of its own.
#pragma once

#include "tests/sim/oracle.h"

namespace causeway::testing {

extern const TypeRule register_rule;
extern const TypeRule string_rule;
extern const TypeRule counter_rule;
extern const TypeRule set_rule;

}  // namespace causeway::testing
