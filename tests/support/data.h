// Files of tests/data.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "support/paths.h"

namespace bellwether::testing {

// The content of a file, by its path below tests/data.
inline std::string data_file(const std::string& name) {
  std::ifstream file(testing::in_source("tests/data/") + name, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_FALSE(text.str().empty()) << "tests/data/" << name;
  return text.str();
}

}  // namespace bellwether::testing
