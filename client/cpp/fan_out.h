// A command over several keys is several commands of one key each, whose integers add up.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "base/result.h"
#include "crdt/value.h"

namespace causeway {

using AnswerFunction = std::function<void(Result<Value>)>;

/// The parts of "name key key …", each with what is to be called with its answer. When all have answered, `done` gets the
/// sum, or the first error: an ambiguous one if other parts of a write may have happened.
std::vector<std::pair<std::vector<Bytes>, AnswerFunction>> fan_out(std::vector<Bytes> arguments, bool reads,
                                                                   AnswerFunction done);

}  // namespace causeway
