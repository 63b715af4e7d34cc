#include "dc/told_time.h"

#include <utility>

#include "base/serial.h"

namespace causeway {
namespace {

constexpr BytesView note_name = "told";

}  // namespace

Result<void> ToldTime::load(const ShardStore& store) {
  const auto note = store.note(note_name);
  if (!note) return tl::unexpected(note.error());
  if (!*note) return {};
  Reader reader(**note);
  saved_ = told_ = std::chrono::milliseconds(reader.u64());
  if (!reader.done())
    return fail(ErrorCode::internal, "the time that was told cannot be read: the state is damaged");
  return {};
}

void ToldTime::save(ShardStore& store, WallTime wall) {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(wall.time_since_epoch());
  if (now <= saved_) return;
  saved_ = now;
  Bytes note;
  Writer(note).u64(static_cast<std::uint64_t>(now.count()));
  store.set_note(note_name, note);
}

bool ToldTime::stored() { return std::exchange(told_, saved_) < saved_; }

}  // namespace causeway
