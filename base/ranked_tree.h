// Keys in an order, each found by its rank as well: a B+-tree whose inner nodes know how many keys are below each child. Nodes are
// small sorted arrays: a key costs little more than itself, and a visit goes along them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/function_ref.h"

namespace causeway {

/// `Less` orders keys among each other, and keys and what is looked for, either way round. Keys are small, and copied.
template <class Key, class Less>
class RankedTree {
 public:
  /// False: an equal one is there, and stays.
  bool insert(const Key& key) {
    if (contains(key)) return false;
    if (auto beside = insert(root_, key)) {
      Node above;
      above.children.push_back(child_of(std::make_unique<Node>(std::move(root_))));
      above.children.push_back(child_of(std::move(beside)));
      root_ = std::move(above);
      ++nodes_;
    }
    return true;
  }
  /// Takes out the key that is equal, if there is one.
  template <class Wanted>
  std::optional<Key> erase(const Wanted& wanted) {
    std::optional<Key> taken = erase(root_, wanted);
    while (root_.children.size() == 1) {
      const std::unique_ptr<Node> only = std::move(root_.children[0].node);
      root_ = std::move(*only);
      --nodes_;
    }
    return taken;
  }

  [[nodiscard]] std::size_t size() const { return size_of(root_); }
  template <class Wanted>
  [[nodiscard]] bool contains(const Wanted& wanted) const {
    const Node* node = &root_;
    while (!node->children.empty()) node = node->children[child_for(*node, wanted)].node.get();
    const auto at = std::lower_bound(node->keys.begin(), node->keys.end(), wanted, Less());
    return at != node->keys.end() && !Less()(wanted, *at);
  }
  /// How many keys are below.
  template <class Wanted>
  [[nodiscard]] std::size_t rank(const Wanted& wanted) const {
    std::size_t below = 0;
    const Node* node = &root_;
    while (!node->children.empty()) {
      const std::size_t place = child_for(*node, wanted);
      for (std::size_t i = 0; i < place; ++i) below += node->children[i].count;
      node = node->children[place].node.get();
    }
    const auto at = std::lower_bound(node->keys.begin(), node->keys.end(), wanted, Less());
    return below + static_cast<std::size_t>(at - node->keys.begin());
  }
  /// REQUIRES: rank < size().
  [[nodiscard]] const Key& at(std::size_t rank) const {
    const Node* node = &root_;
    while (!node->children.empty()) {
      const Child* child = node->children.data();
      for (; rank >= child->count; ++child) rank -= child->count;
      node = child->node.get();
    }
    return node->keys[rank];
  }

  /// Returns whether to go on.
  using Visitor = FunctionRef<bool(const Key& key)>;
  /// From this rank on, upwards.
  void visit(std::size_t from, Visitor visit) const { visit_in(root_, from, visit); }
  /// From this rank on, downwards. REQUIRES: from < size().
  void visit_back(std::size_t from, Visitor visit) const { visit_back_in(root_, from, visit); }

  /// What its nodes take.
  [[nodiscard]] std::size_t bytes() const {
    // Most of them are leaves. The allocator has its share of each, and of each array.
    constexpr std::size_t allocator_bytes = 16;
    return nodes_ * (sizeof(Node) + (width + 1) * sizeof(Key) + 2 * allocator_bytes);
  }

 private:
  static constexpr std::size_t width = 64;

  struct Node;
  struct Child {
    Key first;
    std::size_t count;
    std::unique_ptr<Node> node;
  };
  /// A leaf has keys, any other node children.
  struct Node {
    std::vector<Key> keys;
    std::vector<Child> children;
  };

  static std::size_t size_of(const Node& node) {
    std::size_t size = node.keys.size();
    for (const Child& child : node.children) size += child.count;
    return size;
  }
  static Child child_of(std::unique_ptr<Node> node) {
    const Key& first = node->children.empty() ? node->keys.front() : node->children.front().first;
    return {first, size_of(*node), std::move(node)};
  }
  static void refresh(Child& child) { child = child_of(std::move(child.node)); }

  /// The last child that begins at or below what is wanted; else the first.
  template <class Wanted>
  static std::size_t child_for(const Node& node, const Wanted& wanted) {
    const auto behind =
        std::partition_point(node.children.begin(), node.children.end(),
                             [&](const Child& child) { return !Less()(wanted, child.first); });
    return behind == node.children.begin() ? 0 : static_cast<std::size_t>(behind - node.children.begin()) - 1;
  }

  /// The node that the upper part had to move to, if there was no room.
  std::unique_ptr<Node> insert(Node& node, const Key& key) {
    if (node.children.empty()) {
      if (node.keys.empty()) node.keys.reserve(width + 1);
      const auto at = std::lower_bound(node.keys.begin(), node.keys.end(), key, Less());
      const bool is_last = at == node.keys.end();
      node.keys.insert(at, key);
      return split(node, &Node::keys, is_last);
    }
    const std::size_t place = child_for(node, key);
    auto beside = insert(*node.children[place].node, key);
    refresh(node.children[place]);
    if (!beside) return nullptr;
    const bool is_last = place + 1 == node.children.size();
    node.children.insert(node.children.begin() + static_cast<std::ptrdiff_t>(place) + 1,
                         child_of(std::move(beside)));
    return split(node, &Node::children, is_last);
  }

  /// Keys that come in their order leave full nodes behind.
  template <class Row>
  std::unique_ptr<Node> split(Node& node, std::vector<Row> Node::* rows, bool is_last) {
    std::vector<Row>& all = node.*rows;
    if (all.size() <= width) return nullptr;
    const auto from = all.begin() + static_cast<std::ptrdiff_t>(is_last ? width : width / 2);
    auto beside = std::make_unique<Node>();
    (*beside.*rows).reserve(width + 1);
    (*beside.*rows).assign(std::make_move_iterator(from), std::make_move_iterator(all.end()));
    all.erase(from, all.end());
    ++nodes_;
    return beside;
  }

  template <class Wanted>
  std::optional<Key> erase(Node& node, const Wanted& wanted) {
    if (node.children.empty()) {
      const auto at = std::lower_bound(node.keys.begin(), node.keys.end(), wanted, Less());
      if (at == node.keys.end() || Less()(wanted, *at)) return std::nullopt;
      std::optional<Key> taken = std::move(*at);
      node.keys.erase(at);
      return taken;
    }
    const std::size_t place = child_for(node, wanted);
    std::optional<Key> taken = erase(*node.children[place].node, wanted);
    if (!taken) return taken;
    const auto at = node.children.begin() + static_cast<std::ptrdiff_t>(place);
    if (--at->count == 0) {
      node.children.erase(at);
      --nodes_;
      return taken;
    }
    refresh(*at);
    if (place > 0) merge(node, place - 1);
    if (place + 1 < node.children.size()) merge(node, place);
    return taken;
  }

  /// Two neighbours that have become small become one.
  void merge(Node& node, std::size_t place) {
    Node& left = *node.children[place].node;
    Node& right = *node.children[place + 1].node;
    const auto rows = [](const Node& each) { return each.keys.size() + each.children.size(); };
    if (rows(left) + rows(right) > width / 2) return;
    left.keys.insert(left.keys.end(), std::make_move_iterator(right.keys.begin()),
                     std::make_move_iterator(right.keys.end()));
    left.children.insert(left.children.end(), std::make_move_iterator(right.children.begin()),
                         std::make_move_iterator(right.children.end()));
    node.children.erase(node.children.begin() + static_cast<std::ptrdiff_t>(place) + 1);
    --nodes_;
    refresh(node.children[place]);
  }

  static bool visit_in(const Node& node, std::size_t from, Visitor visit) {
    for (std::size_t i = from; i < node.keys.size(); ++i) {
      if (!visit(node.keys[i])) return false;
    }
    for (const Child& child : node.children) {
      if (from < child.count) {
        if (!visit_in(*child.node, from, visit)) return false;
        from = 0;
      } else {
        from -= child.count;
      }
    }
    return true;
  }
  static bool visit_back_in(const Node& node, std::size_t from, Visitor visit) {
    if (node.children.empty()) {
      for (std::size_t i = from + 1; i > 0; --i) {
        if (!visit(node.keys[i - 1])) return false;
      }
      return true;
    }
    std::size_t place = 0;
    for (; from >= node.children[place].count; ++place) from -= node.children[place].count;
    for (;; from = node.children[--place].count - 1) {
      if (!visit_back_in(*node.children[place].node, from, visit)) return false;
      if (place == 0) return true;
    }
  }

  Node root_;
  std::size_t nodes_ = 1;
};

}  // namespace causeway
