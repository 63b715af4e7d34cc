// Where an entry stands inside its object. A path is a byte string whose order is the order of the entries:
//
//   path := type part subkey
//   type := one byte, EntryType        what the object is
//   part := one byte, Part             what the entry is within its type
//
// A type that nests others (map) puts `type field` before the path of the nested value. A *prefix* is any leading
// part of a path; the empty prefix is the whole object.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>

#include "base/bytes.h"

namespace causeway {

/// The type of an object, by the number that decides between concurrent types when no marker does: lowest first.
enum class EntryType : std::uint8_t {
  marker = 0x01,  ///< not a type: the register that says which type the object has
  reg = 0x10,     ///< register with siblings
  string = 0x11,  ///< Redis-like string: a register plus counter cells
  counter = 0x12,
  set = 0x20,  ///< add-wins set
};

/// What an entry is within its type.
enum class Part : std::uint8_t {
  value = 'v',      ///< a register's value, a set's member: what makes an object exist
  cell = 'c',       ///< a counter cell: it makes an object exist, too
  forgotten = 'f',  ///< what a reset forgot of a counter cell (rules 10 and 11)
  request = 'q',    ///< an executed request id (rule 12); resets leave it alone
};

/// "string", "set" and so on: the reply of TYPE.
BytesView name_of(EntryType type);

struct PathHead {
  EntryType type;    ///< of the outermost value
  Part part;         ///< of the entry itself
  BytesView subkey;  ///< what follows the part
};

/// Nothing if the bytes are no path of a known type: such an event is quarantined.
inline std::optional<PathHead> parse_path(BytesView path) {
  if (path.size() < 2) return std::nullopt;
  const auto type = static_cast<EntryType>(path[0]);
  const auto part = static_cast<Part>(path[1]);
  switch (type) {
    case EntryType::marker:
    case EntryType::reg:
    case EntryType::string:
    case EntryType::counter:
    case EntryType::set: break;
    default: return std::nullopt;
  }
  switch (part) {
    case Part::value:
    case Part::cell:
    case Part::forgotten:
    case Part::request: return PathHead{type, part, path.substr(2)};
  }
  return std::nullopt;
}

/// `type part subkey`.
Bytes make_path(EntryType type, Part part, BytesView subkey = {});

/// A path that is made for one use; a short one needs no allocation.
class Path {
 public:
  Path(BytesView prefix, Part part, BytesView subkey) : size_(prefix.size() + 1 + subkey.size()) {
    if (size_ > short_bytes) long_ = std::make_unique_for_overwrite<char[]>(size_);
    char* at = size_ > short_bytes ? long_.get() : short_.data();
    for (const char c : prefix) *at++ = c;  // one byte, unless nested
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

/// Where a value of one type stands: an object, or what a type that nests others holds.
struct Place {
  BytesView key;
  BytesView prefix;  ///< of all its paths: up to and with its type

  [[nodiscard]] Path path(Part part, BytesView subkey = {}) const { return {prefix, part, subkey}; }
};
/// The object at `key`, taken as one of this type. The key must outlive the place.
inline Place place_of(BytesView key, EntryType type) {
  static constexpr auto numbers = [] {
    std::array<char, 256> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i);
    return bytes;
  }();
  return {key, BytesView(numbers.data() + static_cast<std::size_t>(type), 1)};
}

/// Whether the path begins with the prefix, which mostly is a type and a part.
inline bool begins_with(BytesView path, BytesView prefix) {
  constexpr std::size_t head_bytes = 2;
  if (prefix.size() < head_bytes) return path.starts_with(prefix);
  if (path.size() < prefix.size() || path[0] != prefix[0] || path[1] != prefix[1]) return false;
  return prefix.size() == head_bytes ||
         std::memcmp(path.data() + head_bytes, prefix.data() + head_bytes, prefix.size() - head_bytes) == 0;
}

/// Whether an entry at this head makes its object exist (not a marker, forgotten record or request id).
inline bool is_live(const PathHead& head) {
  return head.type != EntryType::marker && (head.part == Part::value || head.part == Part::cell);
}

}  // namespace causeway
