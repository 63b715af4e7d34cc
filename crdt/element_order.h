// The elements of one value in an order, with their ranks: what LINDEX and ZRANK need. Derived and local.
#pragma once

#include <cstdint>
#include <cstring>
#include <utility>

#include "base/bytes.h"
#include "base/function_ref.h"
#include "base/ranked_tree.h"

namespace causeway {

/// Byte strings, sorted; everything in O(log n), visits besides by what they visit.
class ElementOrder {
 public:
  ElementOrder() = default;
  ElementOrder(ElementOrder&&) = default;
  ElementOrder& operator=(ElementOrder&& other) noexcept {
    std::swap(keys_, other.keys_);
    std::swap(text_bytes_, other.text_bytes_);
    return *this;
  }
  ~ElementOrder() {
    keys_.visit(0, [](Text key) {
      key.free();
      return true;
    });
  }

  void insert(BytesView key) {
    if (keys_.contains(key)) return;
    const Text text = Text::make(key);
    keys_.insert(text);
    text_bytes_ += text.bytes();
  }
  void erase(BytesView key) {
    const auto text = keys_.erase(key);
    if (!text) return;
    text_bytes_ -= text->bytes();
    text->free();
  }

  [[nodiscard]] std::uint64_t size() const { return keys_.size(); }
  [[nodiscard]] bool contains(BytesView key) const { return keys_.contains(key); }
  /// How many are below the key.
  [[nodiscard]] std::uint64_t rank(BytesView key) const { return keys_.rank(key); }
  /// REQUIRES: rank < size(). Stands until it is erased.
  [[nodiscard]] BytesView at(std::uint64_t rank) const { return keys_.at(rank).view(); }

  /// Returns whether to go on.
  using Visitor = FunctionRef<bool(BytesView key)>;
  /// From this rank on, upwards.
  void visit(std::uint64_t from, Visitor visit) const {
    keys_.visit(from, [&visit](Text key) { return visit(key.view()); });
  }
  /// From this rank on, downwards. REQUIRES: from < size()
  void visit_back(std::uint64_t from, Visitor visit) const {
    keys_.visit_back(from, [&visit](Text key) { return visit(key.view()); });
  }

  /// What it takes in memory.
  [[nodiscard]] std::size_t bytes() const { return keys_.bytes() + text_bytes_; }

 private:
  /// A byte string in memory of its own, behind its size: whoever holds it sees to that it is freed.
  class Text {
   public:
    static Text make(BytesView bytes) {
      const auto size = static_cast<std::uint32_t>(bytes.size());
      Text text;
      text.at_ = static_cast<char*>(::operator new(sizeof(size) + bytes.size()));
      std::memcpy(text.at_, &size, sizeof(size));
      if (size > 0) std::memcpy(text.at_ + sizeof(size), bytes.data(), bytes.size());
      return text;
    }
    void free() const { ::operator delete(at_); }
    [[nodiscard]] BytesView view() const {
      std::uint32_t size = 0;
      std::memcpy(&size, at_, sizeof(size));
      return {at_ + sizeof(size), size};
    }
    [[nodiscard]] std::size_t bytes() const {
      constexpr std::size_t head_bytes = sizeof(std::uint32_t) + 8;  // the allocator's share, too
      constexpr std::size_t unit_bytes = 16;
      return (head_bytes + view().size() + unit_bytes - 1) / unit_bytes * unit_bytes;
    }

   private:
    char* at_ = nullptr;
  };
  struct Less {
    bool operator()(Text a, Text b) const { return a.view() < b.view(); }
    bool operator()(Text a, BytesView b) const { return a.view() < b; }
    bool operator()(BytesView a, Text b) const { return a < b.view(); }
  };

  RankedTree<Text, Less> keys_;
  std::size_t text_bytes_ = 0;
};

}  // namespace causeway
