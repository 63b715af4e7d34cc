#include "crdt/path.h"

namespace causeway {
namespace {

constexpr char zero = '\x00';
constexpr char escaped_zero = '\xFF';  // behind a zero

}  // namespace

BytesView name_of(EntryType type) {
  switch (type) {
    case EntryType::marker: return "marker";
    case EntryType::expiry: return "expiry";
    case EntryType::reg: return "register";
    case EntryType::string: return "string";
    case EntryType::counter: return "counter";
    case EntryType::bounded: return "bounded";
    case EntryType::flag: return "flag";
    case EntryType::disable_flag: return "dwflag";
    case EntryType::maximum: return "max";
    case EntryType::minimum: return "min";
    case EntryType::score: return "score";
    case EntryType::set: return "set";
    case EntryType::grow_set: return "gset";
    case EntryType::hyperloglog: return "hyperloglog";
    case EntryType::remove_wins_set: return "rwset";
    case EntryType::map: return "hash";
    case EntryType::list: return "list";
    case EntryType::sorted_set: return "zset";
  }
  return "unknown";
}

std::optional<std::size_t> find_field_end(BytesView path, std::size_t at) {
  for (; (at = path.find(zero, at)) + 1 < path.size(); at += 2) {
    if (path[at + 1] == zero) return at;
    if (path[at + 1] != escaped_zero) return std::nullopt;
  }
  return std::nullopt;
}

void append_field(Bytes& out, BytesView field) {
  for (std::size_t at = 0; at < field.size();) {
    const std::size_t next = std::min(field.find(zero, at), field.size());
    out.append(field.substr(at, next - at));
    if (next < field.size()) out.append({zero, escaped_zero});
    at = next + 1;
  }
}

std::optional<Bytes> read_field(BytesView escaped) {
  Bytes field;
  for (std::size_t at = 0; at < escaped.size();) {
    const std::size_t next = std::min(escaped.find(zero, at), escaped.size());
    field.append(escaped.substr(at, next - at));
    if (next == escaped.size()) break;
    if (next + 1 == escaped.size() || escaped[next + 1] != escaped_zero) return std::nullopt;
    field.push_back(zero);
    at = next + 2;
  }
  return field;
}

std::optional<PathHead> parse_nested_path(BytesView path) {
  const auto outermost = static_cast<EntryType>(path[0]);
  EntryType within = outermost;
  std::size_t base = 0;
  for (std::size_t depth = 0; depth < nesting_max; ++depth) {
    if (path.size() < base + 2) return std::nullopt;
    if (!has_fields(static_cast<EntryType>(path[base]))) {
      auto head = parse_path(path.substr(base));
      if (!head || !is_type(head->type)) return std::nullopt;
      head->type = outermost;
      head->base = base;
      head->within = within;
      return head;
    }
    if (!is_known(static_cast<EntryType>(path[base])) || path[base + 1] != static_cast<char>(Part::field)) {
      return std::nullopt;
    }
    within = static_cast<EntryType>(path[base]);
    const auto end = find_field_end(path, base + 2);
    if (!end) return std::nullopt;
    base = *end + field_end_bytes;
  }
  return std::nullopt;
}

Bytes make_path(EntryType type, Part part, BytesView subkey) {
  Bytes path;
  path.reserve(2 + subkey.size());
  path.push_back(static_cast<char>(type));
  path.push_back(static_cast<char>(part));
  return path.append(subkey);
}

Bytes Place::field(BytesView field) const {
  Bytes name;
  name.reserve(base.size() + 2 + field.size() + field_end_bytes);
  name.append(base);
  name.push_back(static_cast<char>(type));
  name.push_back(static_cast<char>(Part::field));
  append_field(name, field);
  return name;
}

Bytes Place::base_in(BytesView field) const { return this->field(field).append(field_end); }

}  // namespace causeway
