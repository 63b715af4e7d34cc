// Where an entry stands inside its object. A path is a byte string whose order is the order of the entries:
//
//   path    := type part subkey
//            | type 'm' field 00 00 path        a type with fields: the value that the field holds
//   type    := one byte, EntryType              what the value is
//   part    := one byte, Part                   what the entry is within its type
//   field   := the field's bytes, each 00 of them as 00 FF: fields are in the order of their bytes
//
// A *base* is what stands before the type: nothing for an object, `type 'm' field 00 00` for what a field holds. What holds
// values, an object or a field, is a *container*; what it consists of are its *elements*: a field, or all that stands at
// one path. A *prefix* is any leading part of a path; the empty prefix is the whole object.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>

#include "base/bytes.h"

namespace causeway {

/// The type of a value, by the number that decides between concurrent types when no marker does: lowest first.
enum class EntryType : std::uint8_t {
  marker = 0x01,  ///< not a type: the register that says which type the object has
  expiry = 0x02,  ///< not a type: when the object ends
  reg = 0x10,     ///< register with siblings
  string = 0x11,  ///< Redis-like string: a register plus counter cells
  counter = 0x12,
  bounded = 0x13,       ///< counter that stays within a bound
  flag = 0x14,          ///< enable-wins flag
  disable_flag = 0x15,  ///< disable-wins flag
  maximum = 0x16,       ///< register that only rises
  minimum = 0x17,       ///< register that only falls
  score = 0x18,         ///< of a member of a sorted set
  set = 0x20,           ///< add-wins set
  grow_set = 0x21,      ///< set that only grows
  hyperloglog = 0x22,
  // Types with fields, each of which holds a value:
  remove_wins_set = 0x30,  ///< a member is a field that holds a disable-wins flag
  map = 0x31,              ///< a Redis hash holds strings
  list = 0x32,             ///< an item is a field whose name is its position
  sorted_set = 0x33,       ///< a member is a field that holds its score
};

/// Whether values of this type hold others, in fields.
constexpr bool has_fields(EntryType type) { return type >= EntryType::remove_wins_set; }
/// Whether its elements are in an order that users see.
constexpr bool has_order(EntryType type) { return type == EntryType::list || type == EntryType::sorted_set; }
/// Whether an object can be of it: markers and expiries are of objects of all types.
constexpr bool is_type(EntryType type) { return type >= EntryType::reg; }
constexpr bool is_known(EntryType type) {
  return (type >= EntryType::marker && type <= EntryType::expiry) ||
         (type >= EntryType::reg && type <= EntryType::score) ||
         (type >= EntryType::set && type <= EntryType::hyperloglog) ||
         (type >= EntryType::remove_wins_set && type <= EntryType::sorted_set);
}

/// What an entry is within its type.
enum class Part : std::uint8_t {
  value = 'v',      ///< a register's value, a set's member: what makes an object exist
  cell = 'c',       ///< a counter cell: it makes an object exist, too
  forgotten = 'f',  ///< what a reset forgot of a counter cell (rules 10 and 11)
  field = 'm',      ///< what stands in a field, see above
  request = 'q',    ///< an executed request id (rule 12); resets leave it alone
  right = 'r',      ///< who may take how much of a bounded counter
};

/// "string", "set" and so on: the reply of TYPE.
BytesView name_of(EntryType type);

struct PathHead {
  EntryType type;    ///< of the outermost value
  EntryType inner;   ///< of the innermost, which the entry belongs to
  Part part;         ///< of the entry within that
  BytesView subkey;  ///< what follows the part
  std::size_t base;  ///< so many bytes stand before the innermost type
  EntryType within =
      EntryType::marker;  ///< what has the field that the innermost stands in; marker: it stands in none
};

/// So deep may values nest.
inline constexpr std::size_t nesting_max = 16;
/// Maps go into fields so deep: what the last field holds may have fields itself.
inline constexpr std::size_t fields_deep_max = nesting_max - 2;
inline constexpr std::size_t field_end_bytes = 2;
inline constexpr BytesView field_end{"\0\0", field_end_bytes};

/// Where, at or behind `at`, the escaped field ends that stands there: in front of its 00 00. Nothing if it does not end.
std::optional<std::size_t> find_field_end(BytesView path, std::size_t at);
/// With its 00 as 00 FF.
void append_field(Bytes& out, BytesView field);
/// Nothing if the bytes are no escaped field.
std::optional<Bytes> read_field(BytesView escaped);

/// The rest of parse_path(): of a path in a field.
std::optional<PathHead> parse_nested_path(BytesView path);

/// Nothing if the bytes are no path of a known type: such an event is quarantined.
inline std::optional<PathHead> parse_path(BytesView path) {
  if (path.size() < 2) return std::nullopt;
  const auto type = static_cast<EntryType>(path[0]);
  const auto part = static_cast<Part>(path[1]);
  if (!is_known(type)) return std::nullopt;
  if (has_fields(type)) return parse_nested_path(path);
  switch (part) {
    case Part::value:
    case Part::cell:
    case Part::forgotten:
    case Part::right:
    case Part::request: return PathHead{type, type, part, path.substr(2), 0};
    case Part::field: break;
  }
  return std::nullopt;
}

/// Where the name of the field ends, in front of its 00 00, that follows a base of so many bytes. Nothing if none does, or not all
/// of one.
inline std::optional<std::size_t> complete_field(BytesView path, std::size_t base) {
  constexpr std::size_t head_bytes = 2;
  if (path.size() < base + head_bytes || !has_fields(static_cast<EntryType>(path[base]))) return std::nullopt;
  if (path[base + 1] != static_cast<char>(Part::field)) return std::nullopt;
  return find_field_end(path, base + head_bytes);
}

/// How many bytes of a path name its element, in a container whose base has `base` bytes: all of them, or those up to the end
/// of the field. REQUIRES: the path is one (parse_path), in that container.
inline std::size_t element_end(BytesView path, std::size_t base) {
  if (!has_fields(static_cast<EntryType>(path[base]))) return path.size();
  return find_field_end(path, base + 2).value_or(path.size());
}

/// `type part subkey`.
Bytes make_path(EntryType type, Part part, BytesView subkey = {});

/// A path that is made for one use; a short one needs no allocation.
class Path {
 public:
  Path(BytesView base, EntryType type, Part part, BytesView subkey) : size_(base.size() + 2 + subkey.size()) {
    if (size_ > short_bytes) long_ = std::make_unique_for_overwrite<char[]>(size_);
    char* at = size_ > short_bytes ? long_.get() : short_.data();
    if (!base.empty()) {
      std::memcpy(at, base.data(), base.size());
      at += base.size();
    }
    *at++ = static_cast<char>(type);
    *at++ = static_cast<char>(part);
    if (!subkey.empty()) std::memcpy(at, subkey.data(), subkey.size());
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  operator BytesView() const {  // NOLINT(google-explicit-constructor): it is one
    return {size_ > short_bytes ? long_.get() : short_.data(), size_};
  }

 private:
  static constexpr std::size_t short_bytes = 48;

  std::size_t size_;
  std::array<char, short_bytes> short_;
  std::unique_ptr<char[]> long_;
};

/// Where a value of one type stands: an object, or what a field holds. All that it views must outlive it.
struct Place {
  BytesView key;
  BytesView base;  ///< see above
  EntryType type;

  [[nodiscard]] Path path(Part part, BytesView subkey = {}) const { return {base, type, part, subkey}; }
  /// The base, the type and the field: what the field is called as an element. REQUIRES: has_fields(type)
  [[nodiscard]] Bytes field(BytesView field) const;
  /// The base of what the field holds.
  [[nodiscard]] Bytes base_in(BytesView field) const;
};
/// The object at `key`, taken as one of this type.
inline Place place_of(BytesView key, EntryType type) { return {key, {}, type}; }

/// Whether the path begins with the prefix, which mostly is a type and a part.
inline bool begins_with(BytesView path, BytesView prefix) {
  constexpr std::size_t head_bytes = 2;
  if (prefix.size() < head_bytes) return path.starts_with(prefix);
  if (path.size() < prefix.size() || path[0] != prefix[0] || path[1] != prefix[1]) return false;
  return prefix.size() == head_bytes ||
         std::memcmp(path.data() + head_bytes, prefix.data() + head_bytes, prefix.size() - head_bytes) == 0;
}

/// Whether an entry at this head makes its element exist (not a marker, forgotten record or request id); one with a
/// rule of its own aside (is_live_element).
inline bool is_live(const PathHead& head) {
  return is_type(head.type) && (head.part == Part::value || head.part == Part::cell);
}
/// Whether the entry is a counter's: deletes have to keep what they forget of it.
inline bool is_tally(const PathHead& head) { return head.part == Part::cell || head.part == Part::forgotten; }

}  // namespace causeway
