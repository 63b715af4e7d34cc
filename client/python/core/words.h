// Between Python's objects and the bytes of the store. All of it needs the GIL; what fails throws Python's exception.
#pragma once

#include <pybind11/pybind11.h>

#include <string>
#include <vector>

#include "base/result.h"
#include "crdt/value.h"

namespace causeway::python {

namespace py = pybind11;

/// How text becomes bytes, and whether bytes become text.
struct Text {
  bool decodes = false;  ///< replies: str instead of bytes
  std::string encoding = "utf-8";
  std::string errors = "strict";
};

/// A command: bytes and what has a buffer as they are, str encoded, int and float as Python writes them.
/// Throws TypeError for anything else (bool and None too, which could mean several things), UnicodeEncodeError.
std::vector<Bytes> words_of(const py::handle& words, const Text& text);

/// What a command answered: None, str (the store's own words, as OK), int, float, bytes or str; of several a list, set or
/// dict, as the command's shape has it. `words` are those of the command. Throws UnicodeDecodeError.
py::object to_python(Value value, const py::handle& words, const Text& text);

/// An instance of the subclass of causeway.Error that the code names.
py::object exception_of(const Error& error);
[[noreturn]] void throw_error(const Error& error);

}  // namespace causeway::python
