// An event that owns what it says, for tests that make events up, keep them, or look at them; and its way to and from the
// byte form.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "base/check.h"
#include "crdt/codec.h"

namespace causeway::testing {

struct Update {
  Bytes key;
  Bytes path;
  std::optional<Bytes> payload;
  std::vector<Dot> supersedes;

  friend bool operator==(const Update&, const Update&) = default;
};

struct RangeRemoval {
  Bytes key;
  Bytes prefix;
  VersionVector observed;

  friend bool operator==(const RangeRemoval&, const RangeRemoval&) = default;
};

using Drafted = std::variant<Update, RangeRemoval>;

struct EventDraft {
  Dot dot;
  VersionVector deps;
  Hlc hlc;
  std::optional<RequestId> request_id;
  std::vector<Drafted> mutations;

  friend bool operator==(const EventDraft&, const EventDraft&) = default;
};

inline Bytes encode_event(const EventDraft& draft) {
  EventWriter writer;
  writer.begin(draft.dot.actor);
  for (const Drafted& mutation : draft.mutations) {
    if (const auto* removal = std::get_if<RangeRemoval>(&mutation)) {
      writer.remove_range(removal->key, removal->prefix, removal->observed);
      continue;
    }
    const auto& update = std::get<Update>(mutation);
    const Dots dots(update.supersedes.begin(), update.supersedes.end());
    if (update.payload) {
      writer.insert(update.key, update.path, dots, *update.payload);
    } else {
      writer.remove(update.key, update.path, dots);
    }
  }
  if (draft.request_id) writer.name_request(*draft.request_id);
  Event event;
  writer.finish({draft.dot, draft.deps, draft.hlc}, event);
  return Bytes(event.bytes);
}

/// Errors: as decode_event().
inline Result<EventDraft> draft_of(BytesView bytes) {
  Event event;
  CW_TRY_VOID(decode_event(bytes, event));
  EventDraft draft{event.dot, event.deps, event.hlc, event.request_id, {}};
  for (const Mutation& mutation : event.mutations) {
    if (mutation.form == MutationForm::range) {
      draft.mutations.emplace_back(
          RangeRemoval{Bytes(mutation.key), Bytes(mutation.path), event.observed(mutation)});
      continue;
    }
    const auto dots = event.supersedes(mutation);
    Update update{Bytes(mutation.key), Bytes(mutation.path), std::nullopt, {dots.begin(), dots.end()}};
    if (mutation.form == MutationForm::insert) update.payload = Bytes(mutation.payload);
    draft.mutations.emplace_back(std::move(update));
  }
  return draft;
}

/// The event that a draft stands for, with the bytes that it refers to.
class DraftedEvent {
 public:
  explicit DraftedEvent(const EventDraft& draft);
  DraftedEvent(const DraftedEvent&) = delete;
  DraftedEvent& operator=(const DraftedEvent&) = delete;
  const Event& operator*() const { return event_; }

 private:
  Bytes bytes_;
  Event event_;
};

inline DraftedEvent::DraftedEvent(const EventDraft& draft) : bytes_(encode_event(draft)) {
  CW_CHECK(decode_event(bytes_, event_).has_value(), "a draft is an event");
}

}  // namespace causeway::testing
