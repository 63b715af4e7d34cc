#include "ring/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <exception>
#include <sstream>

namespace causeway {
namespace {

std::uint32_t line_of(const YAML::Mark& mark) {
  return mark.is_null() || mark.line < 0 ? 1 : static_cast<std::uint32_t>(mark.line) + 1;
}

/// Thrown through the parser when going on would cost more than the document is worth.
struct Stop {};

/// Builds the tree from the parser's events.
class Builder : public YAML::EventHandler {
 public:
  YamlNode root;
  std::vector<Mistake> mistakes;

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(YamlNode::Kind::nothing, mark, "", anchor, "");
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    mistakes.push_back({line_of(mark), "an alias (*name) stands here", "write the value itself"});
    add(YamlNode::Kind::nothing, mark, "", YAML::NullAnchor, "");
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    add(YamlNode::Kind::scalar, mark, tag, anchor, value);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(YamlNode::Kind::list, mark, tag, anchor);
  }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(YamlNode::Kind::map, mark, tag, anchor);
  }

  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  /// A list or map whose end has not come yet.
  struct Open {
    YamlNode node;
    std::string key;  ///< In a map: the key whose value is awaited.
    std::uint32_t key_line = 1;
    bool has_key = false;
  };

  void add(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
           const std::string& value) {
    YamlNode node;
    node.kind = kind;
    node.quoted = tag == "!";
    node.line = line_of(mark);
    node.text = value;
    refuse_extras(node.line, tag, anchor);
    put(std::move(node));
  }

  void open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    Open opened;
    opened.node.kind = kind;
    opened.node.line = line_of(mark);
    refuse_extras(opened.node.line, tag, anchor);
    if (open_.size() >= yaml_depth_max) {
      mistakes.push_back({opened.node.line, "nested more than " + std::to_string(yaml_depth_max) + " deep",
                          "nothing in a topology is so deep"});
      throw Stop{};
    }
    open_.push_back(std::move(opened));
  }

  void close() {
    YamlNode node = std::move(open_.back().node);
    open_.pop_back();
    put(std::move(node));
  }

  /// Gives a complete node its place: as a key, under its key, in its list, or as the root.
  void put(YamlNode node) {
    if (++nodes_ > yaml_nodes_max) {
      mistakes.push_back({node.line, "more than " + std::to_string(yaml_nodes_max) + " values",
                          "a topology of this size is not supported"});
      throw Stop{};
    }
    if (open_.empty()) {
      root = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == YamlNode::Kind::map) {
      if (!parent.has_key) {
        if (node.kind != YamlNode::Kind::scalar) {
          mistakes.push_back({node.line, "a key is not a text", "write `key: value`"});
        }
        parent.key = std::move(node.text);
        parent.key_line = node.line;
        parent.has_key = true;
        return;
      }
      parent.has_key = false;
      node.key = std::move(parent.key);
      node.line = parent.key_line;
    }
    parent.node.items.push_back(std::move(node));
  }

  void refuse_extras(std::uint32_t line, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) {
      mistakes.push_back({line, "an anchor (&name) stands here", "write each value where it belongs"});
    }
    if (!tag.empty() && tag != "?" && tag != "!") {
      mistakes.push_back({line, "a tag (!…) stands here", "write the plain value"});
    }
  }

  std::vector<Open> open_;
  std::uint32_t nodes_ = 0;
};

}  // namespace

tl::expected<YamlNode, std::vector<Mistake>> parse_yaml(BytesView text) {
  Builder builder;
  Builder after;
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    if (!parser.HandleNextDocument(builder)) {
      builder.mistakes.push_back({1, "the file is empty", "begin with `cluster: NAME`"});
    } else if (parser.HandleNextDocument(after)) {
      builder.mistakes.push_back({after.root.line, "a second document begins", "keep one topology to a file"});
    }
  } catch (const Stop&) {
  } catch (const YAML::Exception& error) {
    builder.mistakes.push_back({line_of(error.mark), "this is not YAML: " + error.msg, "check indentation, brackets and quotes"});
  } catch (const std::exception& error) {
    builder.mistakes.push_back({1, std::string("this cannot be read as YAML: ") + error.what(), "check the file"});
  }
  if (!builder.mistakes.empty()) return tl::unexpected(std::move(builder.mistakes));
  return std::move(builder.root);
}

}  // namespace causeway
