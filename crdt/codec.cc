#include "crdt/codec.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "base/serial.h"
#include "crdt/path.h"

namespace causeway {
namespace {

constexpr std::uint8_t format_version = 2;
constexpr std::uint8_t flag_request = 1;

/// Reads the parts of an event, one after the other; a fault sticks.
struct EventReader {
  Reader reader;
  boost::container::small_vector<ActorId, 8> actors;
  bool has_request = false;

  explicit EventReader(BytesView bytes) : reader(bytes) {}

  bool read_head(EventHead& head) {
    if (reader.u8() != format_version) return false;
    actors.resize(reader.count(CodecLimits::actors_max));
    if (actors.empty()) return false;
    for (ActorId& actor : actors) actor.value = reader.u64();
    head.dot = {actors.front(), reader.varint()};
    head.hlc.value = reader.u64();
    const std::uint8_t flags = reader.u8();
    has_request = flags == flag_request;
    if (flags > flag_request || head.dot.counter == 0 || head.dot.actor.value == 0) return false;
    return read_vector(head.deps);
  }

  bool read_row(Dot& dot) {
    const std::uint64_t index = reader.varint();
    dot.counter = reader.varint();
    if (!reader.ok() || index >= actors.size() || dot.counter == 0) return false;
    dot.actor = actors[index];
    return true;
  }

  bool read_vector(VersionVector& vector) {
    vector = {};
    const std::uint64_t rows = reader.count(CodecLimits::actors_max);
    for (std::uint64_t i = 0; i < rows; ++i) {
      Dot dot;
      if (!read_row(dot)) return false;
      vector.raise(dot);
    }
    return reader.ok();
  }

  bool read_mutation(Event& event) {
    Mutation& mutation = event.mutations.emplace_back();
    const std::uint8_t form = reader.u8();
    mutation.key = reader.bytes(CodecLimits::key_bytes_max);
    mutation.path = reader.bytes(CodecLimits::path_bytes_max);
    if (!reader.ok() || mutation.key.empty() || form > static_cast<std::uint8_t>(MutationForm::range))
      return false;
    mutation.form = static_cast<MutationForm>(form);
    if (mutation.form == MutationForm::range) {
      mutation.at = static_cast<std::uint32_t>(event.vectors.size());
      return read_vector(event.vectors.emplace_back());
    }
    mutation.at = static_cast<std::uint32_t>(event.dots.size());
    mutation.dots = static_cast<std::uint32_t>(reader.count(CodecLimits::rows_max));
    for (std::uint32_t i = 0; i < mutation.dots; ++i) {
      if (!read_row(event.dots.emplace_back())) return false;
    }
    if (mutation.form == MutationForm::insert)
      mutation.payload = reader.bytes(CodecLimits::payload_bytes_max);
    return reader.ok();
  }
};

/// No two mutations of one event insert at one (key, path): state would depend on their order.
bool inserts_are_distinct(const Event& event) {
  if (event.mutations.size() < 2) return true;
  boost::container::small_vector<std::pair<BytesView, BytesView>, 8> places;
  for (const Mutation& mutation : event.mutations) {
    if (mutation.form == MutationForm::insert) places.emplace_back(mutation.key, mutation.path);
  }
  std::sort(places.begin(), places.end());
  return std::adjacent_find(places.begin(), places.end()) == places.end();
}

bool paths_are_known(const Event& event) {
  return std::all_of(event.mutations.begin(), event.mutations.end(), [](const Mutation& mutation) {
    return mutation.form == MutationForm::range || parse_path(mutation.path).has_value();
  });
}

tl::unexpected<Error> refuse(const char* why) {
  return fail(ErrorCode::invalid, std::string("not an event: ") + why);
}

}  // namespace

void EventWriter::begin(ActorId issuer) {
  actors_.assign(1, issuer);
  request_.reset();
  placed_.clear();
  dots_.clear();
  vectors_.clear();
  if (!rests_on_.empty()) rests_on_ = {};
  body_.clear();
  body_.end_at(body_.room(head_room_bytes) + head_room_bytes);
}

void EventWriter::rest_on(const Dots& dots) {
  for (const Dot& dot : dots) rests_on_.raise(dot);
}

std::uint64_t EventWriter::index(ActorId actor) {
  if (actors_.front() == actor) return 0;
  const auto at = std::find(actors_.begin(), actors_.end(), actor);
  if (at == actors_.end()) {
    actors_.push_back(actor);
    return actors_.size() - 1;
  }
  return static_cast<std::uint64_t>(at - actors_.begin());
}

void EventWriter::write_vector(const VersionVector& vector, Scratch& out) {
  RawWriter writer(out.room((1 + 2 * vector.rows().size()) * RawWriter::varint_bytes_max));
  writer.varint(vector.rows().size());
  for (const auto& [actor, counter] : vector.rows()) {
    writer.varint(index(actor));
    writer.varint(counter);
  }
  out.end_at(writer.at());
}

void EventWriter::write_update(MutationForm form, BytesView key, BytesView path, const Dots& dots,
                               BytesView head, BytesView tail) {
  const std::size_t numbers = 4 + 2 * dots.size();
  RawWriter writer(body_.room(1 + numbers * RawWriter::varint_bytes_max + key.size() + path.size() +
                              head.size() + tail.size()));
  const auto here = [&] { return static_cast<std::uint32_t>(writer.at() - body_.data()); };
  Placed& placed = placed_.emplace_back(Placed{
      form, {}, {}, {}, static_cast<std::uint32_t>(dots_.size()), static_cast<std::uint32_t>(dots.size())});
  const auto piece = [&](BytesView first, BytesView second) {
    writer.varint(first.size() + second.size());
    const Piece at{here(), static_cast<std::uint32_t>(first.size() + second.size())};
    writer.raw(first);
    writer.raw(second);
    return at;
  };
  writer.u8(static_cast<std::uint8_t>(form));
  placed.key = piece(key, {});
  placed.path = piece(path, {});
  writer.varint(dots.size());
  for (const Dot& dot : dots) {
    writer.varint(index(dot.actor));
    writer.varint(dot.counter);
    dots_.push_back(dot);
  }
  if (form == MutationForm::insert) placed.payload = piece(head, tail);
  body_.end_at(writer.at());
}

void EventWriter::insert(BytesView key, BytesView path, const Dots& supersedes, BytesView head,
                         BytesView tail) {
  write_update(MutationForm::insert, key, path, supersedes, head, tail);
}

void EventWriter::remove(BytesView key, BytesView path, const Dots& supersedes) {
  write_update(MutationForm::remove, key, path, supersedes, {}, {});
}

void EventWriter::remove_range(BytesView key, BytesView prefix, const VersionVector& observed) {
  RawWriter writer(body_.room(1 + 2 * RawWriter::varint_bytes_max + key.size() + prefix.size()));
  const auto piece = [&](BytesView bytes) {
    writer.varint(bytes.size());
    const Piece at{static_cast<std::uint32_t>(writer.at() - body_.data()),
                   static_cast<std::uint32_t>(bytes.size())};
    writer.raw(bytes);
    return at;
  };
  writer.u8(static_cast<std::uint8_t>(MutationForm::range));
  Placed placed{MutationForm::range, {}, {}, {}, static_cast<std::uint32_t>(vectors_.size()), 0};
  placed.key = piece(key);
  placed.path = piece(prefix);
  body_.end_at(writer.at());
  write_vector(observed, body_);
  vectors_.push_back(observed);
  placed_.push_back(placed);
}

std::optional<MutationForm> EventWriter::last_at(BytesView key, BytesView path) const {
  for (auto at = placed_.rbegin(); at != placed_.rend(); ++at) {
    if (at->form != MutationForm::range && view(at->path) == path && view(at->key) == key) return at->form;
  }
  return std::nullopt;
}

bool EventWriter::changes(BytesView key) const {
  return std::any_of(placed_.begin(), placed_.end(),
                     [&](const Placed& placed) { return view(placed.key) == key; });
}

bool EventWriter::removes_object(BytesView key) const {
  return std::any_of(placed_.begin(), placed_.end(), [&](const Placed& placed) {
    return placed.form == MutationForm::range && placed.path.size == 0 && view(placed.key) == key;
  });
}

/// All before the mutations.
void EventWriter::write_head(const EventHead& head) {
  for (const auto& [actor, counter] : head.deps.rows()) index(actor);  // what they name must be known
  constexpr std::size_t fixed_bytes_max = 2 + 6 * sizeof(std::uint64_t) + 4 * RawWriter::varint_bytes_max;
  head_.clear();
  RawWriter writer(head_.room(fixed_bytes_max + actors_.size() * sizeof(std::uint64_t)));
  writer.u8(format_version);
  writer.varint(actors_.size());
  for (const ActorId actor : actors_) writer.u64(actor.value);
  writer.varint(head.dot.counter);
  writer.u64(head.hlc.value);
  writer.u8(request_ ? flag_request : 0);
  head_.end_at(writer.at());
  write_vector(head.deps, head_);
  RawWriter behind(head_.room(fixed_bytes_max));
  if (request_) {
    behind.u64(request_->high);
    behind.u64(request_->low);
    behind.u64(static_cast<std::uint64_t>(request_->expires_ms));
  }
  behind.varint(placed_.size());
  head_.end_at(behind.at());
}

void EventWriter::finish(const EventHead& head, Event& event) {
  CW_CHECK(head.dot.actor == actors_.front(), "an event has one issuer");
  write_head(head);
  std::size_t moved = 0;
  if (head_.size() > head_room_bytes) {
    // There is no room for so long a head: the mutations make some.
    moved = head_.size();
    const std::size_t size = body_.size() - head_room_bytes;
    char* const end = body_.room(moved) + moved;
    std::memmove(body_.data() + head_room_bytes + moved, body_.data() + head_room_bytes, size);
    body_.end_at(end);
  }
  char* const body = body_.data() + moved;
  char* const begin = body + head_room_bytes - head_.size();
  std::memcpy(begin, head_.data(), head_.size());
  static_cast<EventHead&>(event) = head;
  event.request_id = request_;
  event.bytes = {begin, static_cast<std::size_t>(body_.data() + body_.size() - begin)};
  event.mutations.clear();
  for (const Placed& placed : placed_) {
    const auto view = [body](const Piece& piece) { return BytesView(body + piece.at, piece.size); };
    event.mutations.push_back(
        {placed.form, view(placed.key), view(placed.path), view(placed.payload), placed.at, placed.dots});
  }
  event.dots.assign(dots_.begin(), dots_.end());
  event.vectors.clear();
  if (!vectors_.empty()) event.vectors.assign(vectors_.begin(), vectors_.end());
}

Result<void> decode_event(BytesView bytes, Event& event) {
  event.mutations.clear();
  event.dots.clear();
  event.vectors.clear();
  event.request_id.reset();
  event.bytes = bytes;
  EventReader in(bytes);
  if (bytes.size() > CodecLimits::event_bytes_max || !in.read_head(event)) return refuse("bad head");
  if (in.has_request) {
    const std::uint64_t high = in.reader.u64();
    const std::uint64_t low = in.reader.u64();
    event.request_id = RequestId{high, low, static_cast<std::int64_t>(in.reader.u64())};
  }
  for (std::uint64_t left = in.reader.count(CodecLimits::mutations_max); left > 0; --left) {
    if (!in.read_mutation(event)) return refuse("bad mutation");
  }
  if (!in.reader.done()) return refuse("bytes are missing or left over");
  if (!inserts_are_distinct(event)) return refuse("two mutations insert at one place");
  if (!paths_are_known(event)) return refuse("unknown entry type");
  return {};
}

Result<EventHead> decode_event_head(BytesView bytes) {
  EventReader in(bytes);
  EventHead head;
  if (bytes.size() > CodecLimits::event_bytes_max || !in.read_head(head)) return refuse("bad head");
  return head;
}

void encode_vector(const VersionVector& vector, Bytes& out) {
  Writer writer(out);
  writer.varint(vector.rows().size());
  for (const auto& [actor, counter] : vector.rows()) {
    writer.u64(actor.value);
    writer.varint(counter);
  }
}

VersionVector decode_vector(Reader& reader) {
  VersionVector vector;
  const std::uint64_t rows = reader.count(CodecLimits::actors_max);
  for (std::uint64_t i = 0; i < rows && reader.ok(); ++i) {
    const ActorId actor{reader.u64()};
    vector.raise({actor, reader.varint()});
  }
  return vector;
}

}  // namespace causeway
