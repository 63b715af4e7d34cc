#include "storage/named_scan.h"

#include <algorithm>
#include <tuple>

#include "base/serial.h"
#include "storage/names.h"
#include "storage/packed_body.h"
#include "storage/record.h"

namespace causeway {
namespace {

constexpr std::size_t name_in_body_bytes_max = std::size_t{1} << 20U;

Result<BytesView> open_body(BytesView key, BytesView value, Bytes& unpacked) {
  CW_TRY(const BytesView stored, open_record(key, value));
  const auto body = unpack_body(stored, unpacked);
  if (!body) return damaged_record(key, "it cannot be unpacked");
  return *body;
}

/// Takes the leading name off a body and compares it with the form in the key.
Result<Bytes> take_name(BytesView key, BytesView form, BytesView& body) {
  Reader reader(body);
  reader.u8();
  Bytes name(reader.bytes(name_in_body_bytes_max));
  Bytes expected;
  append_name(name, expected);
  if (!reader.ok() || !form.starts_with(expected))
    return damaged_record(key, "its name is not the one in its key");
  body = reader.rest();
  return name;
}

/// Records come in the order of their keys. Hashed names of one group are collected, and put in order; a whole name is its
/// group alone, and is shown where it stands.
class NamedScan {
 public:
  NamedScan(BytesView head, BytesView from, BytesView prefix, NamedVisitor visit)
      : head_(head), from_(from), prefix_(prefix), bound_(head), visit_(visit) {
    append_name_prefix(prefix, bound_);
  }

  Result<void> run(const StateStore& state) {
    Bytes start = head_;
    append_name_prefix(from_, start);
    CW_TRY_VOID(state.scan(start, [this](BytesView key, BytesView value) {
      if (!key.starts_with(bound_)) return false;
      Result<bool> go_on = take(key, value);
      stopped_ = !go_on || !*go_on;
      if (!go_on) outcome_ = tl::unexpected<Error>(std::move(go_on).error());
      return !stopped_;
    }));
    CW_TRY_VOID(outcome_);
    if (!stopped_) CW_TRY_VOID(flush());
    return {};
  }

 private:
  Result<bool> take(BytesView key, BytesView value) {
    CW_TRY(BytesView body, open_body(key, value, unpacked_));
    const BytesView form = key.substr(head_.size());
    auto parsed = parse_name(form, unescaped_);
    if (!parsed) return damaged_record(key, "its key has no name");
    const BytesView group = form.substr(0, parsed->group);
    if (!group_.empty() && group != group_form_) {
      CW_TRY(const bool go_on, flush());
      if (!go_on) return false;
    }
    if (!parsed->hashed) return show(parsed->name, body);
    CW_TRY(Bytes name, take_name(key, form, body));
    group_form_ = group;
    group_.emplace_back(std::move(name), Bytes(body));
    return true;
  }

  Result<bool> show(BytesView name, BytesView body) {
    if (name < from_ || !name.starts_with(prefix_)) return true;
    return visit_(name, body);
  }

  Result<bool> flush() {
    std::sort(group_.begin(), group_.end());
    bool go_on = true;
    for (std::size_t i = 0; i < group_.size() && go_on; ++i) {
      CW_TRY(go_on, show(group_[i].first, group_[i].second));
    }
    group_.clear();
    return go_on;
  }

  Bytes head_;
  BytesView from_;
  BytesView prefix_;
  Bytes bound_;
  NamedVisitor visit_;
  std::vector<std::pair<Bytes, Bytes>> group_;  ///< names and bodies
  Bytes group_form_;
  Bytes unescaped_;
  Bytes unpacked_;
  Result<void> outcome_;
  bool stopped_ = false;
};

}  // namespace

void append_named_body(BytesView name, BytesView body, Bytes& out) {
  Writer writer(out);
  if (is_hashed(name)) {
    writer.u8(0);
    writer.bytes(name);
  }
  writer.raw(body);
}

Result<BytesView> open_named(BytesView key, BytesView name, BytesView value, Bytes& unpacked) {
  CW_TRY(const BytesView body, open_body(key, value, unpacked));
  if (!is_hashed(name)) return body;
  Reader reader(body);
  reader.u8();
  if (reader.bytes(name_in_body_bytes_max) != name)
    return damaged_record(key, "it belongs to another name with the same hash");
  return reader.rest();
}

Result<void> scan_named(const StateStore& state, BytesView head, BytesView from, BytesView prefix,
                        NamedVisitor visit) {
  return NamedScan(head, from, prefix, visit).run(state);
}

}  // namespace causeway
