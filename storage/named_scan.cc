#include "storage/named_scan.h"

#include <algorithm>
#include <tuple>

#include "base/serial.h"
#include "storage/names.h"
#include "storage/record.h"

namespace causeway {
namespace {

constexpr std::size_t name_in_body_bytes_max = std::size_t{1} << 20U;

/// Takes the leading name off a body and compares it with the form in the key.
Result<Bytes> take_name(BytesView key, BytesView form, BytesView& body) {
  Reader reader(body);
  Bytes name(reader.bytes(name_in_body_bytes_max));
  Bytes expected;
  append_name(name, expected);
  if (!reader.ok() || !form.starts_with(expected))
    return damaged_record(key, "its name is not the one in its key");
  body = reader.rest();
  return name;
}

class GroupScan {
 public:
  GroupScan(BytesView head, BytesView from, BytesView prefix, const GroupVisitor& visit)
      : head_(head), from_(from), prefix_(prefix), bound_(head), visit_(visit) {
    append_name_prefix(prefix, bound_);
  }

  Result<void> run(const StateStore& state) {
    Bytes start = head_;
    append_name_prefix(from_, start);
    CW_TRY_VOID(state.scan(start, [this](BytesView key, BytesView value) {
      const Result<bool> go_on = take(key, value);
      if (!go_on) outcome_ = tl::unexpected<Error>(go_on.error());
      stopped_ = !go_on || !*go_on;
      return !stopped_ && !past_end_;
    }));
    CW_TRY_VOID(outcome_);
    if (!stopped_) CW_TRY_VOID(flush());
    return {};
  }

 private:
  Result<bool> take(BytesView key, BytesView value) {
    past_end_ = !key.starts_with(bound_);
    if (past_end_) return true;
    CW_TRY(BytesView body, open_record(key, value));
    const BytesView form = key.substr(head_.size());
    auto parsed = parse_name(form);
    if (!parsed) return damaged_record(key, "its key has no name");
    if (form.substr(0, parsed->group) != group_form_) {
      CW_TRY(const bool go_on, flush());
      if (!go_on) return false;
      group_form_ = form.substr(0, parsed->group);
    }
    if (parsed->hashed) {
      CW_TRY(parsed->name, take_name(key, form, body));
    }
    if (parsed->name < from_ || !BytesView(parsed->name).starts_with(prefix_)) return true;
    group_.push_back({std::move(parsed->name), Bytes(parsed->suffix), Bytes(body)});
    return true;
  }

  Result<bool> flush() {
    if (group_.empty()) return true;
    if (group_.size() > 1) {
      std::sort(group_.begin(), group_.end(), [](const NamedRecord& a, const NamedRecord& b) {
        return std::tie(a.name, a.suffix) < std::tie(b.name, b.suffix);
      });
    }
    Result<bool> go_on = visit_(group_);
    group_.clear();
    return go_on;
  }

  Bytes head_;
  BytesView from_;
  BytesView prefix_;
  Bytes bound_;
  const GroupVisitor& visit_;
  std::vector<NamedRecord> group_;
  Bytes group_form_;
  Result<void> outcome_;
  bool stopped_ = false;
  bool past_end_ = false;
};

}  // namespace

Bytes named_body(BytesView name, BytesView body) {
  Bytes form;
  if (!append_name(name, form)) return Bytes(body);
  Bytes out;
  Writer writer(out);
  writer.bytes(name);
  writer.raw(body);
  return out;
}

Result<BytesView> open_named(BytesView key, BytesView name, BytesView value) {
  CW_TRY(BytesView body, open_record(key, value));
  Bytes form;
  if (!append_name(name, form)) return body;
  Reader reader(body);
  if (reader.bytes(name_in_body_bytes_max) != name)
    return damaged_record(key, "it belongs to another name with the same hash");
  return reader.rest();
}

Result<void> scan_named(const StateStore& state, BytesView head, BytesView from, BytesView prefix,
                        const GroupVisitor& visit) {
  return GroupScan(head, from, prefix, visit).run(state);
}

}  // namespace causeway
