// The part of ObjectTable that proves what records of spread containers say: all of it is computed anew from their entries.
#include "crdt/container.h"
#include "storage/element_name.h"
#include "storage/named_scan.h"
#include "storage/names.h"
#include "storage/object_table.h"
#include "storage/record.h"

namespace causeway {

class ObjectTable::Check {
 public:
  Check(ObjectTable& table, EntryVisitor visit) : table_(table), visit_(visit) {}

  Result<void> object(BytesView key, BytesView body) {
    if (!is_spread(body)) {
      if (!list_.read_object(body, table_.actors_)) return table_.damaged(object_name(key));
      total.digest += show(key);
      total.entries += list_.entries.size();
      return {};
    }
    SpreadRecord record;
    if (!read_record(body, table_.actors_, record)) return table_.damaged(object_name(key));
    CW_TRY_VOID(container(key, record, record.id, {}));
    total.digest += record.digest;
    total.entries += record.counts.entries;
    return {};
  }

  /// Of the orders that are kept.
  Result<void> orders() {
    Result<void> outcome;
    table_.orders_.each([&](const KeptOrders::Of& of, const ElementOrder& kept) {
      if (auto right = order(of, kept); !right && outcome) outcome = std::move(right);
    });
    return outcome;
  }

  /// Of what the state has, whatever memory has over it: every record of every container.
  Result<void> stored() {
    known_.clear();
    const auto& state = table_.records_.state();
    std::vector<ObjectId> objects;
    SpreadRecord record;
    CW_TRY_VOID(scan_named(
        state, keys::objects(table_.id()), {}, {}, [&](BytesView key, BytesView body) -> Result<bool> {
          if (!is_spread(body)) return true;
          if (!read_record(body, table_.actors_, record)) return table_.damaged(object_name(key));
          objects.push_back(record.id);
          return known_.emplace(record.id, record.id).second ? Result<bool>(true) : two_with_one_id();
        }));
    for (const ObjectId object : objects) {
      CW_TRY_VOID(scan_named(state, keys::entries(table_.id(), object), {}, {},
                             [&](BytesView text, BytesView body) -> Result<bool> {
                               const BytesView name = name_in_container(text);
                               if (name.empty()) return table_.damaged({RecordKind::entry, object, text});
                               if (!has_fields(static_cast<EntryType>(name[0])) || !is_spread(body))
                                 return true;
                               if (!read_record(body, table_.actors_, record))
                                 return table_.damaged({RecordKind::entry, object, text});
                               return known_.emplace(record.id, object).second ? Result<bool>(true)
                                                                               : two_with_one_id();
                             }));
    }
    return {};
  }

  /// Looks for stored elements of no container that was met: what was is passed over, container by container.
  Result<void> strays() const {
    const Bytes head = keys::entries(table_.id());
    Result<void> outcome;
    for (std::optional<Bytes> from = head; from && outcome;) {
      const Bytes start = *std::exchange(from, std::nullopt);
      CW_TRY_VOID(table_.records_.state().scan(start, [&](BytesView key, BytesView) {
        if (!key.starts_with(head)) return false;
        from = behind_container(key);
        if (!from) outcome = damaged_record(key, "it is an element of no container");
        return false;
      }));
    }
    return outcome;
  }

  Effect total;

 private:
  /// Computes what the record of a container says; `field`: 0 for the object itself. Its base stands in path_.
  Result<void> container(BytesView key, const SpreadRecord& record, ObjectId object, ObjectId field) {
    if (!known_.emplace(record.id, object).second) return two_with_one_id();
    SpreadRecord found;
    const ElementName all(field, {});
    CW_TRY_VOID(
        table_.records_.visit_elements(object, all, all, [&](BytesView text, BytesView body) -> Result<bool> {
          if (field.value == 0 && is_in_field(text)) return false;
          const BytesView name = text.substr(BytesView(all).size());
          if (name.empty()) return table_.damaged({RecordKind::entry, object, text});
          CW_TRY(const Share share,
                 element(key, record, {RecordKind::entry, object, text}, name, body, found.digest));
          add(found, static_cast<EntryType>(name[0]), share, {});
          return true;
        }));
    if (found.counts == record.counts && found.digest == record.digest && found.summary == record.summary)
      return {};
    return damaged_record(keys::entries(table_.id(), object),
                          "the counts of a container are not those of its entries");
  }

  Result<Share> element(BytesView key, const SpreadRecord& record, const RecordName& record_name,
                        BytesView name, BytesView body, Hash128& digest) {
    const auto type = static_cast<EntryType>(name[0]);
    if (!has_fields(type)) {
      if (!list_.read_entry(name, body, table_.actors_)) return table_.damaged(record_name);
      CW_TRY_VOID(covered(record));
      digest += show(key);
      return share_of_path(parse_path(name), list_.entries.size());
    }
    const std::size_t base_bytes = path_.size();
    path_.append(name).append(field_end);
    CW_TRY(const Share share, field(key, record, record_name, type, body, digest));
    path_.resize(base_bytes);
    return share;
  }

  Result<Share> field(BytesView key, const SpreadRecord& outer, const RecordName& name, EntryType type,
                      BytesView body, Hash128& digest) {
    if (!is_spread(body)) {
      if (!list_.read_field(type, body, table_.actors_)) return table_.damaged(name);
      CW_TRY_VOID(covered(outer));
      digest += show(key);
      return share_of_field(type, list_.all());
    }
    SpreadRecord record;
    if (!read_record(body, table_.actors_, record)) return table_.damaged(name);
    CW_TRY_VOID(container(key, record, name.object, record.id));
    if (!outer.dots.covers(record.dots)) return uncovered();
    digest += record.digest;
    return share_of_spread(record);
  }

  Result<void> order(const KeptOrders::Of& of, const ElementOrder& kept) {
    if (!is_known(of.container, of.object)) {
      return kept.size() == 0 ? Result<void>()
                              : fail(ErrorCode::internal, "an order is kept of no container");
    }
    Container container;
    container.object = of.object;
    if (of.container != of.object) container.field = of.container;
    ElementOrder found;
    CW_TRY_VOID(table_.read_order(container, {{}, {}, of.type}, found));
    bool same = found.size() == kept.size();
    std::uint64_t rank = 0;
    found.visit(0, [&](BytesView key) { return same = same && kept.at(rank++) == key; });
    if (same) return {};
    return fail(ErrorCode::internal, "a kept order is not that of the elements");
  }

  [[nodiscard]] Result<void> covered(const SpreadRecord& record) const {
    for (const EntryView& entry : list_.entries) {
      if (!record.dots.covers(entry.dot)) return uncovered();
    }
    return {};
  }

  /// Visits the entries in the list, in the container whose base stands in path_; gives their digest.
  Hash128 show(BytesView key) {
    Hash128 sum;
    const std::size_t base_bytes = path_.size();
    for (const EntryView& entry : list_.entries) {
      path_.append(entry.path);
      sum += causeway::digest_of(key, path_, entry.dot, entry.payload);
      visit_(key, {path_, entry.dot, entry.payload});
      path_.resize(base_bytes);
    }
    return sum;
  }

  /// Where the stored elements of the next container begin; nothing if the key is of none that is known.
  [[nodiscard]] std::optional<Bytes> behind_container(BytesView key) const {
    const auto object = keys::parse_entry_object(key);
    if (object && table_.detached_.contains(*object)) {
      return keys::entries(table_.id(), ObjectId{object->value + 1});
    }
    if (!object || !is_known(*object, *object)) return std::nullopt;
    Bytes next = keys::entries(table_.id(), *object);
    Bytes unescaped;
    const auto parsed = parse_name(key.substr(next.size()), unescaped);
    if (!parsed) return std::nullopt;
    const ObjectId field = field_of(parsed->name);
    if (field.value != 0 && !is_known(field, *object)) return std::nullopt;
    append_name_prefix(ElementName(ObjectId{field.value + 1}, {}), next);
    return next;
  }
  [[nodiscard]] bool is_known(ObjectId container, ObjectId object) const {
    const auto at = known_.find(container);
    return at != known_.end() && at->second == object;
  }

  [[nodiscard]] tl::unexpected<Error> two_with_one_id() const {
    return damaged_record(keys::objects(table_.id()), "two containers have one id");
  }
  [[nodiscard]] tl::unexpected<Error> uncovered() const {
    return damaged_record(keys::entries(table_.id()), "a container does not cover its entries");
  }

  ObjectTable& table_;
  EntryVisitor visit_;
  std::unordered_map<ObjectId, ObjectId> known_;  ///< spread containers, and the object that each is in
  EntryList list_;
  Bytes path_;
};

Result<ObjectTable::Effect> ObjectTable::check(EntryVisitor visit) {
  Check check(*this, visit);
  CW_TRY_VOID(records_.visit_objects({}, [&](BytesView key, BytesView body) -> Result<bool> {
    if (auto right = check.object(key, body); !right) return tl::unexpected<Error>(std::move(right).error());
    return true;
  }));
  CW_TRY_VOID(check.orders());
  // It may be stored between the two scans, which must be of one moment.
  if (records_.tier().is_freezing) return check.total;
  if (dirty()) CW_TRY_VOID(check.stored());
  CW_TRY_VOID(check.strays());
  return check.total;
}

}  // namespace causeway
