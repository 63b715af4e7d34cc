#include "crdt/expiry_options.h"

#include "crdt/command_table.h"
#include "crdt/expiry.h"
#include "crdt/integer.h"
#include "crdt/option.h"

namespace causeway {

std::optional<TimeForm> time_form_of(BytesView option) {
  const Bytes name = upper_case(option);
  if (name == "EX") return TimeForm{true, true};
  if (name == "PX") return TimeForm{false, true};
  if (name == "EXAT") return TimeForm{true, false};
  if (name == "PXAT") return TimeForm{false, false};
  return std::nullopt;
}

Result<std::uint64_t> time_argument(const Context& context, TimeForm form, BytesView number,
                                    BytesView command, bool positive) {
  CW_TRY(const std::int64_t given, integer_argument(number));
  const Int128 at_ms =
      Int128{given} * (form.in_seconds ? 1000 : 1) + (form.from_now ? wall_ms(context.wall) : 0);
  if ((positive && given <= 0) || at_ms > expiry_ms_max || at_ms < -Int128{expiry_ms_max}) {
    return fail(ErrorCode::invalid, "invalid expire time in '" + Bytes(command) + "' command");
  }
  return at_ms < 0 ? 0 : static_cast<std::uint64_t>(at_ms);
}

tl::unexpected<Error> undecidable(BytesView what) {
  return fail(ErrorCode::invalid,
              Bytes(what) +
                  " cannot be kept where several nodes write: each could find the key as it wants it, at the "
                  "same time. Use SET, which keeps concurrent values (SIBLINGS shows them), or SADD to a set of those "
                  "who claim the key");
}

}  // namespace causeway
