// The options that say when a key expires, as SET, GETEX and EXPIRE take them.
#pragma once

#include <optional>

#include "crdt/command.h"

namespace causeway {

/// How a command says a time.
struct TimeForm {
  bool in_seconds = false;
  bool from_now = false;
};

/// EX, PX, EXAT or PXAT; nothing: it is another option.
std::optional<TimeForm> time_form_of(BytesView option);

/// In milliseconds since 1970; 0: before. `positive`: the number must be above 0. Errors: invalid, in the words of Redis.
Result<std::uint64_t> time_argument(const Context& context, TimeForm form, BytesView number,
                                    BytesView command, bool positive);

/// Of what would be decided here, and otherwise elsewhere at the same time.
tl::unexpected<Error> undecidable(BytesView what);

}  // namespace causeway
