// Entries: what an object is made of. State is a set of entries, a function of the set of applied events.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/function_ref.h"
#include "base/hash.h"
#include "base/result.h"
#include "crdt/dot.h"
#include "crdt/path.h"

namespace causeway {

class ElementOrder;

struct Entry {
  Bytes key;
  Bytes path;
  Dot dot;
  Bytes payload;

  friend auto operator<=>(const Entry&, const Entry&) = default;
};

/// An entry of a known object, valid during a visit.
struct EntryView {
  BytesView path;
  Dot dot;
  BytesView payload;
};

/// A place in the order of entries: all of a path at once.
struct EntryPosition {
  Bytes key;
  Bytes path;

  friend auto operator<=>(const EntryPosition&, const EntryPosition&) = default;
};

/// The entry's share of its partition's digest: over the full key, path, dot and payload, the same everywhere.
Hash128 digest_of(BytesView key, BytesView path, const Dot& dot, BytesView payload);

/// What is known of a container, an object or a field, without reading its entries; derived, kept up to date with every change.
struct ObjectSummary {
  /// How many elements live, by type; sorted, no zero.
  boost::container::small_vector<std::pair<EntryType, std::uint64_t>, 2> live;
  std::uint64_t duplicate_requests =
      0;  ///< request ids that were executed more than once, not those in fields
  std::uint64_t tallies =
      0;  ///< paths of counter cells and of what was forgotten of them, those in fields included
  std::uint64_t expiries = 0;  ///< 1 if the object has some, else 0

  [[nodiscard]] std::uint64_t count(EntryType type) const {
    for (const auto& [known, elements] : live) {
      if (known == type) return elements;
    }
    return 0;
  }
  friend bool operator==(const ObjectSummary&, const ObjectSummary&) = default;
};

/// Where entries are read from. An error is a failed read; what is absent is simply not visited.
class EntryReader {
 public:
  /// Returns whether to go on.
  using Visitor = FunctionRef<bool(const EntryView&)>;

  virtual ~EntryReader() = default;
  /// Visits the entries at exactly `path`, in the order of their dots.
  virtual Result<void> at(BytesView key, BytesView path, Visitor visit) const = 0;
  /// Visits the entries of `key` whose path begins with `prefix`, in the order of (path, dot).
  virtual Result<void> scan(BytesView key, BytesView prefix, Visitor visit) const = 0;
  /// Of the container with this base: empty for the object. Into a new summary.
  virtual Result<void> summary(BytesView key, BytesView base, ObjectSummary& summary) const = 0;
  /// The live elements of the value at this place, in its type's order (crdt/container.h). It is either kept, and stands until
  /// something changes, or built into `scratch`, which is empty. REQUIRES: the type has elements in an order.
  virtual Result<const ElementOrder*> order(const Place& place, ElementOrder& scratch) const = 0;
};

/// What a command observes: the entries of one object, where they are at hand, need no reader; the rest is asked of one.
class ObjectEntries {
 public:
  /// Nothing is at hand.
  ObjectEntries(const EntryReader& under)  // NOLINT(google-explicit-constructor): it is the same
      : under_(&under) {}
  /// `entries`: all of the object's, sorted by (path, dot). All must outlive the reader, and stay as they are.
  ObjectEntries(const EntryReader& under, BytesView key, std::span<const EntryView> entries)
      : under_(&under), key_(key), entries_(entries), at_hand_(true) {}
  /// Entries of an object without a name, sorted, which are all that there is: the key to ask for is empty.
  explicit ObjectEntries(std::span<const EntryView> entries) : entries_(entries), at_hand_(true) {}

  /// The object's summary was read already. It must outlive the reader.
  void know(BytesView key, const ObjectSummary& summary) {
    key_ = key;
    summary_ = &summary;
  }

  // As EntryReader has them.
  template <class Visit>
  Result<void> at(BytesView key, BytesView path, Visit visit) const {
    if (!is_at_hand(key)) return under_->at(key, path, visit);
    for (const EntryView& entry : entries_) {
      if (entry.path.size() == path.size() && begins_with(entry.path, path) && !visit(entry)) break;
    }
    return {};
  }
  template <class Visit>
  Result<void> scan(BytesView key, BytesView prefix, Visit visit) const {
    if (!is_at_hand(key)) return under_->scan(key, prefix, visit);
    for (const EntryView& entry : entries_) {
      if (begins_with(entry.path, prefix) && !visit(entry)) break;
    }
    return {};
  }
  Result<void> summary(BytesView key, BytesView base, ObjectSummary& summary) const;
  Result<const ElementOrder*> order(const Place& place, ElementOrder& scratch) const;
  /// All entries of the object, if they need no reader.
  [[nodiscard]] std::optional<std::span<const EntryView>> at_hand(BytesView key) const {
    return is_at_hand(key) ? std::optional(entries_) : std::nullopt;
  }

 private:
  [[nodiscard]] bool is_at_hand(BytesView key) const { return at_hand_ && is_key(key); }

  [[nodiscard]] bool is_key(BytesView key) const { return key.data() == key_.data() || key == key_; }

  const EntryReader* under_ = nullptr;
  BytesView key_;
  std::span<const EntryView> entries_;
  const ObjectSummary* summary_ = nullptr;
  bool at_hand_ = false;
};

/// Appends the dots of the entries at exactly `path`, sorted: what a write there supersedes.
inline Result<void> dots_at(const ObjectEntries& entries, BytesView key, BytesView path, Dots& dots) {
  return entries.at(key, path, [&dots](const EntryView& entry) {
    dots.push_back(entry.dot);
    return true;
  });
}
/// The error of an entry that its type cannot read: damage, or an event that nobody of ours issued.
tl::unexpected<Error> unreadable(BytesView key, const EntryView& entry);

}  // namespace causeway
