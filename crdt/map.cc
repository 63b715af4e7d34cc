#include "crdt/map.h"

#include <utility>
#include <vector>

#include "crdt/container.h"
#include "crdt/string.h"

namespace causeway {
namespace {

Result<Value> read_text(const ObjectEntries& entries, const Place& place, const ObjectSummary& summary) {
  StringState string;
  CW_TRY_VOID(read_string(entries, place, summary, string));
  Value text;
  if (string.exists()) std::move(string).answer(text);
  return text;
}

/// One scan over all entries of a map. Types come in the order of their numbers, so that what lives first in a field is its
/// type, and what follows need not be kept.
class FieldScan {
 public:
  using Visit = FunctionRef<void(BytesView field, FieldValue&& value)>;

  FieldScan(const Context& context, bool with_texts, Visit visit)
      : context_(context), with_texts_(with_texts), visit_(visit) {}

  Result<void> run() {
    const Bytes prefix = Bytes(context_.base) + static_cast<char>(EntryType::map);
    Result<void> taken;
    CW_TRY_VOID(context_.entries.scan(context_.key, prefix, [&](const EntryView& entry) {
      taken = take(entry);
      return taken.has_value();
    }));
    CW_TRY_VOID(taken);
    return end_field();
  }

 private:
  Result<void> take(const EntryView& entry) {
    if (base_.empty() || !entry.path.starts_with(base_)) {
      CW_TRY_VOID(end_field());
      base_ = entry.path.substr(0, element_end(entry.path, context_.base.size()));
      base_.append(field_end);
    } else if (!kept_.empty() && !belongs(entry.path)) {
      CW_TRY_VOID(settle());
    }
    if (!value_) kept_.push_back({{}, Bytes(entry.path), entry.dot, Bytes(entry.payload)});
    return {};
  }

  [[nodiscard]] EntryType type_at(BytesView path) const { return static_cast<EntryType>(path[base_.size()]); }

  /// Whether it is to be looked at with what is kept: all of a string, else what stands at one path.
  [[nodiscard]] bool belongs(BytesView path) const {
    const BytesView kept = kept_.front().path;
    return path == kept || (type_at(path) == EntryType::string && type_at(kept) == EntryType::string);
  }

  /// Whether what is kept makes the field live, and what it shows then.
  Result<void> settle() {
    const std::vector<Entry> kept = std::exchange(kept_, {});
    if (kept.empty()) return {};
    std::vector<EntryView> views;
    for (const Entry& entry : kept) views.push_back({entry.path, entry.dot, entry.payload});
    if (!is_live_element(views, context_.base.size())) return {};
    value_ = FieldValue{type_at(kept.front().path), {}};
    if (value_->type != EntryType::string || !with_texts_) return {};
    ObjectSummary summary;
    summarize(views, base_.size(), summary);
    CW_TRY(value_->text, read_text(ObjectEntries(views), {{}, base_, EntryType::string}, summary));
    return {};
  }

  Result<void> end_field() {
    CW_TRY_VOID(settle());
    if (!value_) return {};
    const std::size_t name_at = context_.base.size() + 2;
    const auto name = read_field(BytesView(base_).substr(name_at, base_.size() - name_at - field_end_bytes));
    visit_(name.value_or(Bytes()), *std::exchange(value_, std::nullopt));
    return {};
  }

  const Context& context_;
  bool with_texts_;
  Visit visit_;
  Bytes base_;  // of the present field; empty before the first
  std::vector<Entry> kept_;
  std::optional<FieldValue> value_;
};

}  // namespace

FieldContext::FieldContext(const Context& outer, EntryType type, const ObjectState& object, BytesView field)
    : field_(field), base_(outer.place(type).base_in(field)), context_(outer) {
  if (outer.others != nullptr) context_.others = this;
  context_.base = base_;
  context_.outer = &outer;
  context_.outer_type = type;
  context_.outer_object = &object;
}

void FieldContext::ask(ActorId actor, const std::vector<Bytes>& arguments) {
  std::vector<Bytes> nested{"map.in", arguments[1], Bytes(field_), arguments[0]};
  nested.insert(nested.end(), arguments.begin() + 2, arguments.end());
  context_.outer->others->ask(actor, nested);
}

Result<void> read_map(const Context& context, BytesView command, ObjectState& map) {
  CW_TRY_VOID(read_object(context, map));
  return require_type(map, EntryType::map, command);
}

Result<bool> remove_field(const Context& context, const ObjectState& map, BytesView field) {
  const FieldContext inner(context, EntryType::map, map, field);
  ObjectState object;
  CW_TRY_VOID(read_object(*inner, object));
  if (!object.exists()) return false;
  CW_TRY_VOID(remove_object(*inner, object));
  return true;
}

Result<std::optional<FieldValue>> read_field_value(const Context& context, const ObjectState& map,
                                                   BytesView field) {
  const FieldContext inner(context, EntryType::map, map, field);
  ObjectState object;
  CW_TRY_VOID(read_object(*inner, object));
  if (!object.exists()) return std::nullopt;
  FieldValue value{*object.type, {}};
  if (value.type == EntryType::string) {
    CW_TRY(value.text, read_text((*inner).entries, (*inner).place(EntryType::string), object.summary));
  }
  return value;
}

Result<void> scan_fields(const Context& context, bool with_texts,
                         FunctionRef<void(BytesView field, FieldValue&& value)> visit) {
  return FieldScan(context, with_texts, visit).run();
}

}  // namespace causeway
