#include "crdt/codec.h"

#include <algorithm>
#include <vector>

#include "base/serial.h"
#include "crdt/path.h"

namespace causeway {
namespace {

constexpr std::uint8_t format_version = 1;
constexpr std::uint8_t flag_request = 1;
enum class Form : std::uint8_t { remove = 0, insert = 1, range = 2 };

/// The actors of one event: the issuer at index 0, the others sorted behind it.
class ActorTable {
 public:
  explicit ActorTable(const Event& event) : actors_{event.dot.actor} {
    add(event.deps);
    for (const Mutation& mutation : event.mutations) {
      if (const auto* update = std::get_if<Update>(&mutation)) {
        for (const Dot& dot : update->supersedes) actors_.push_back(dot.actor);
      } else {
        add(std::get<RangeRemoval>(mutation).observed);
      }
    }
    std::sort(actors_.begin() + 1, actors_.end());
    actors_.erase(std::unique(actors_.begin() + 1, actors_.end()), actors_.end());
    std::erase_if(actors_, [issuer = event.dot.actor, first = true](ActorId actor) mutable {
      const bool repeated = !first && actor == issuer;
      first = false;
      return repeated;
    });
  }

  [[nodiscard]] std::uint64_t index(ActorId actor) const {
    if (actor == actors_.front()) return 0;
    return static_cast<std::uint64_t>(std::lower_bound(actors_.begin() + 1, actors_.end(), actor) -
                                      actors_.begin());
  }
  [[nodiscard]] const std::vector<ActorId>& actors() const { return actors_; }

 private:
  void add(const VersionVector& vector) {
    for (const auto& row : vector.rows()) actors_.push_back(row.first);
  }

  std::vector<ActorId> actors_;
};

void write_vector(const VersionVector& vector, const ActorTable& table, Writer& writer) {
  writer.varint(vector.rows().size());
  for (const auto& [actor, counter] : vector.rows()) {
    writer.varint(table.index(actor));
    writer.varint(counter);
  }
}

struct HeadReader {
  Reader reader;
  std::vector<ActorId> actors;
  EventHead head;
  bool has_request = false;
  bool ok = false;

  explicit HeadReader(BytesView bytes) : reader(bytes) {
    if (bytes.size() > CodecLimits::event_bytes_max || reader.u8() != format_version) return;
    actors.resize(reader.count(CodecLimits::actors_max));
    if (actors.empty()) return;
    for (ActorId& actor : actors) actor.value = reader.u64();
    head.dot = {actors.front(), reader.varint()};
    head.hlc.value = reader.u64();
    const std::uint8_t flags = reader.u8();
    has_request = flags == flag_request;
    if (flags > flag_request || head.dot.counter == 0 || head.dot.actor.value == 0) return;
    ok = read_vector(head.deps) && reader.ok();
  }

  bool read_row(Dot& dot) {
    const std::uint64_t index = reader.varint();
    dot.counter = reader.varint();
    if (!reader.ok() || index >= actors.size() || dot.counter == 0) return false;
    dot.actor = actors[index];
    return true;
  }

  bool read_vector(VersionVector& vector) {
    const std::uint64_t rows = reader.count(CodecLimits::actors_max);
    for (std::uint64_t i = 0; i < rows; ++i) {
      Dot dot;
      if (!read_row(dot)) return false;
      vector.raise(dot);
    }
    return reader.ok();
  }

  bool read_mutation(Mutation& mutation) {
    const std::uint8_t form = reader.u8();
    Bytes key(reader.bytes(CodecLimits::key_bytes_max));
    Bytes path(reader.bytes(CodecLimits::path_bytes_max));
    if (!reader.ok() || key.empty() || form > static_cast<std::uint8_t>(Form::range)) return false;
    if (form == static_cast<std::uint8_t>(Form::range)) {
      RangeRemoval removal{std::move(key), std::move(path), {}};
      if (!read_vector(removal.observed)) return false;
      mutation = std::move(removal);
      return true;
    }
    Update update{std::move(key), std::move(path), std::nullopt, {}};
    update.supersedes.resize(reader.count(CodecLimits::rows_max));
    for (Dot& dot : update.supersedes) {
      if (!read_row(dot)) return false;
    }
    if (form == static_cast<std::uint8_t>(Form::insert)) {
      update.payload = Bytes(reader.bytes(CodecLimits::payload_bytes_max));
    }
    mutation = std::move(update);
    return reader.ok();
  }
};

/// No two mutations of one event insert at one (key, path): state would depend on their order.
bool inserts_are_distinct(const Event& event) {
  std::vector<std::pair<BytesView, BytesView>> places;
  for (const Mutation& mutation : event.mutations) {
    const auto* update = std::get_if<Update>(&mutation);
    if (update != nullptr && update->payload) places.emplace_back(update->key, update->path);
  }
  std::sort(places.begin(), places.end());
  return std::adjacent_find(places.begin(), places.end()) == places.end();
}

bool paths_are_known(const Event& event) {
  return std::all_of(event.mutations.begin(), event.mutations.end(), [](const Mutation& mutation) {
    const auto* update = std::get_if<Update>(&mutation);
    return update == nullptr || parse_path(update->path).has_value();
  });
}

}  // namespace

Bytes encode_event(const Event& event) {
  const ActorTable table(event);
  Bytes out;
  Writer writer(out);
  writer.u8(format_version);
  writer.varint(table.actors().size());
  for (const ActorId actor : table.actors()) writer.u64(actor.value);
  writer.varint(event.dot.counter);
  writer.u64(event.hlc.value);
  writer.u8(event.request_id ? flag_request : 0);
  write_vector(event.deps, table, writer);
  if (event.request_id) {
    writer.u64(event.request_id->high);
    writer.u64(event.request_id->low);
    writer.u64(static_cast<std::uint64_t>(event.request_id->expires_ms));
  }
  writer.varint(event.mutations.size());
  for (const Mutation& mutation : event.mutations) {
    if (const auto* removal = std::get_if<RangeRemoval>(&mutation)) {
      writer.u8(static_cast<std::uint8_t>(Form::range));
      writer.bytes(removal->key);
      writer.bytes(removal->prefix);
      write_vector(removal->observed, table, writer);
      continue;
    }
    const auto& update = std::get<Update>(mutation);
    writer.u8(static_cast<std::uint8_t>(update.payload ? Form::insert : Form::remove));
    writer.bytes(update.key);
    writer.bytes(update.path);
    writer.varint(update.supersedes.size());
    for (const Dot& dot : update.supersedes) {
      writer.varint(table.index(dot.actor));
      writer.varint(dot.counter);
    }
    if (update.payload) writer.bytes(*update.payload);
  }
  return out;
}

Result<Event> decode_event(BytesView bytes) {
  HeadReader in(bytes);
  const auto refuse = [](const char* why) {
    return fail(ErrorCode::invalid, std::string("not an event: ") + why);
  };
  if (!in.ok) return refuse("bad head");
  Event event;
  event.dot = in.head.dot;
  event.deps = std::move(in.head.deps);
  event.hlc = in.head.hlc;
  if (in.has_request) {
    const std::uint64_t high = in.reader.u64();
    const std::uint64_t low = in.reader.u64();
    event.request_id = RequestId{high, low, static_cast<std::int64_t>(in.reader.u64())};
  }
  event.mutations.resize(in.reader.count(CodecLimits::mutations_max));
  for (Mutation& mutation : event.mutations) {
    if (!in.read_mutation(mutation)) return refuse("bad mutation");
  }
  if (!in.reader.done()) return refuse("bytes are missing or left over");
  if (!inserts_are_distinct(event)) return refuse("two mutations insert at one place");
  if (!paths_are_known(event)) return refuse("unknown entry type");
  return event;
}

Result<EventHead> decode_event_head(BytesView bytes) {
  HeadReader in(bytes);
  if (!in.ok) return fail(ErrorCode::invalid, "not an event: bad head");
  return std::move(in.head);
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
