#include "client/python/core/words.h"

#include "crdt/command.h"

namespace causeway::python {
namespace {

[[noreturn]] void throw_python() { throw py::error_already_set(); }

py::object checked(PyObject* made) {
  if (made == nullptr) throw_python();
  return py::reinterpret_steal<py::object>(made);
}

// ---- Words -----------------------------------------------------------------------------------------------------

Bytes bytes_of(PyObject* bytes) {
  return {PyBytes_AS_STRING(bytes), static_cast<std::size_t>(PyBytes_GET_SIZE(bytes))};
}

Bytes encoded(PyObject* word, const Text& text) {
  if (text.encoding != "utf-8" || text.errors != "strict") {
    return bytes_of(
        checked(PyUnicode_AsEncodedString(word, text.encoding.c_str(), text.errors.c_str())).ptr());
  }
  Py_ssize_t size = 0;
  const char* utf8 = PyUnicode_AsUTF8AndSize(word, &size);
  if (utf8 == nullptr) throw_python();
  return {utf8, static_cast<std::size_t>(size)};
}

Bytes digits_of(PyObject* word) {
  const py::object number = checked(PyNumber_Index(word));
  int overflow = 0;
  const long long small = PyLong_AsLongLongAndOverflow(number.ptr(), &overflow);
  return overflow == 0 ? std::to_string(small)
                       : std::string(py::str(number));  // the store refuses what is too large
}

Bytes shortest(double number) {
  char* written = PyOS_double_to_string(number, 'r', 0, 0, nullptr);
  if (written == nullptr) throw_python();
  Bytes bytes = written;
  PyMem_Free(written);
  return bytes;
}

Bytes copied(PyObject* word) {
  Py_buffer view;
  if (PyObject_GetBuffer(word, &view, PyBUF_SIMPLE) != 0) throw_python();
  Bytes bytes(static_cast<const char*>(view.buf), static_cast<std::size_t>(view.len));
  PyBuffer_Release(&view);
  return bytes;
}

Bytes word_of(PyObject* word, const Text& text) {
  if (PyBytes_Check(word)) return bytes_of(word);
  if (PyUnicode_Check(word)) return encoded(word, text);
  if (PyFloat_Check(word)) return shortest(PyFloat_AS_DOUBLE(word));
  if (!PyBool_Check(word)) {
    if (PyIndex_Check(word)) return digits_of(word);
    if (PyObject_CheckBuffer(word)) return copied(word);
  }
  throw py::type_error("a word of a command is bytes, str, int or float, not " +
                       std::string(Py_TYPE(word)->tp_name));
}

// ---- Replies ---------------------------------------------------------------------------------------------------

py::object text_of_reply(const Bytes& bytes, const Text& text) {
  const auto size = static_cast<Py_ssize_t>(bytes.size());
  if (!text.decodes) return checked(PyBytes_FromStringAndSize(bytes.data(), size));
  return checked(PyUnicode_Decode(bytes.data(), size, text.encoding.c_str(), text.errors.c_str()));
}

py::object plain(Value value, const Text& text);

py::object list_of(Value::Array items, const Text& text) {
  py::list list(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) list[i] = plain(std::move(items[i]), text);
  return list;
}

py::object plain(Value value, const Text& text) {
  if (auto* bytes = std::get_if<Bytes>(&value)) return text_of_reply(*bytes, text);
  if (const auto* number = std::get_if<std::int64_t>(&value)) return py::int_(*number);
  if (const auto* status = std::get_if<Status>(&value)) return py::str(status->text);
  if (const auto* number = std::get_if<double>(&value)) return py::float_(*number);
  if (auto* items = std::get_if<Value::Array>(&value)) return list_of(std::move(*items), text);
  return py::none();
}

py::object shaped(Value::Array items, ReplyShape shape, const Text& text) {
  if (shape == ReplyShape::set) return py::set(list_of(std::move(items), text));
  if (shape == ReplyShape::map && items.size() % 2 == 0) {
    py::dict dict;
    for (std::size_t i = 0; i < items.size(); i += 2)
      dict[plain(std::move(items[i]), text)] = plain(std::move(items[i + 1]), text);
    return dict;
  }
  py::list list(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    const bool pair = shape == ReplyShape::pairs && std::holds_alternative<Value::Array>(items[i]);
    py::object item = plain(std::move(items[i]), text);
    list[i] = pair ? py::tuple(item) : item;
  }
  return list;
}

ReplyShape shape_of_words(const py::handle& words, const Text& text) {
  const std::vector<Bytes> all = words_of(words, text);
  const auto call = find_command(all);
  return call ? shape_of(*call->command, span_of(views_of(all))) : ReplyShape::plain;
}

}  // namespace

std::vector<Bytes> words_of(const py::handle& words, const Text& text) {
  const py::object sequence = checked(PySequence_Fast(words.ptr(), "a command is a sequence of words"));
  const auto size = static_cast<std::size_t>(PySequence_Fast_GET_SIZE(sequence.ptr()));
  std::vector<Bytes> all;
  all.reserve(size);
  for (std::size_t i = 0; i < size; ++i) {
    all.push_back(word_of(PySequence_Fast_GET_ITEM(sequence.ptr(), static_cast<Py_ssize_t>(i)), text));
  }
  return all;
}

py::object to_python(Value value, const py::handle& words, const Text& text) {
  auto* items = std::get_if<Value::Array>(&value);
  if (items == nullptr) return plain(std::move(value), text);
  return shaped(std::move(*items), shape_of_words(words, text), text);
}

py::object exception_of(const Error& error) {
  const py::object make = py::module_::import("causeway._errors").attr("error_of");
  return make(name_of(error.code), name_of(error.tag), error.sentence, error.needed, error.got);
}

void throw_error(const Error& error) {
  const py::object exception = exception_of(error);
  PyErr_SetObject(py::type::handle_of(exception).ptr(), exception.ptr());
  throw_python();
}

}  // namespace causeway::python
