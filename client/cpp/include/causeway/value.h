// What commands answer: Value.
#pragma once

#include "crdt/value.h"
