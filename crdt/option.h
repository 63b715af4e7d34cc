// The options of commands, which are words in either case, as in Redis.
#pragma once

#include "crdt/command.h"

namespace causeway {

/// Whether they are the same but for the case of letters.
bool is_option(BytesView argument, BytesView word);
/// With its letters in upper case.
Bytes upper_case(BytesView option);
/// An option that is unknown, or not where it may stand.
tl::unexpected<Error> syntax_error();

}  // namespace causeway
