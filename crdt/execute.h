// Executes commands. Here, and in no command, an object that has expired is hidden: a reader sees nothing, and what a
// writer does begins anew, over the removal of the old one in the same event. Here, too, an expiry follows its value where a command writes
// that anew, and ends where a command ends it.
#pragma once

#include "crdt/command.h"

namespace causeway {

/// As Command::execute. REQUIRES: the context is of the object, not of a field.
Result<void> execute(const Command& command, const Context& context, Arguments arguments, Value& reply);

}  // namespace causeway
