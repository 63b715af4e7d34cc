// What the record of an element is called among all those of its object.
//
//   text := name                        an element of the object itself: its path, or what it is called as a field (crdt/path.h)
//         | 0x80 + count, so many bytes: the field's number, most significant first, then name
//                                       an element of a field that is spread, by its name in there
//
// In the order of these texts the elements of each container stand together, in their own order: types are below 0x80.
#pragma once

#include <algorithm>
#include <boost/container/small_vector.hpp>

#include "base/bytes.h"
#include "storage/keys.h"

namespace causeway {

/// Whether the text is that of an element of a spread field.
inline bool is_in_field(BytesView text) {
  return !text.empty() && static_cast<unsigned char>(text[0]) >= 0x80;
}

/// How many bytes stand before the name.
inline std::size_t container_bytes(BytesView text) {
  return is_in_field(text)
             ? std::min(text.size(), std::size_t{1} + (static_cast<unsigned char>(text[0]) & 0x7FU))
             : 0;
}
inline BytesView name_in_container(BytesView text) { return text.substr(container_bytes(text)); }
/// The number of the field that it is an element of; 0: of none.
inline ObjectId field_of(BytesView text) {
  ObjectId field;
  for (std::size_t i = 1; i < container_bytes(text); ++i)
    field.value = field.value << 8U | static_cast<unsigned char>(text[i]);
  return field;
}

/// Stands for the text; an element of the object itself is not copied, and must outlive it.
class ElementName {
 public:
  /// `field`: the number of the spread field; 0: of none.
  ElementName(ObjectId field, BytesView name) : text_(name) {
    if (field.value == 0) return;
    std::size_t count = 0;
    for (std::uint64_t left = field.value; left > 0; left >>= 8U) ++count;
    made_.resize(1 + count, boost::container::default_init);
    made_[0] = static_cast<char>(0x80 + count);
    for (std::size_t i = 0; i < count; ++i) made_[count - i] = static_cast<char>(field.value >> (8 * i));
    made_.insert(made_.end(), name.begin(), name.end());
    text_ = {made_.data(), made_.size()};
  }
  ElementName(const ElementName&) = delete;
  ElementName& operator=(const ElementName&) = delete;

  operator BytesView() const { return text_; }  // NOLINT(google-explicit-constructor): it is one

 private:
  boost::container::small_vector<char, 64> made_;
  BytesView text_;
};

}  // namespace causeway
