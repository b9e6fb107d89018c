// Runs a command on an analyst's series in a temporary folder. Input and output are texts.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "cli/context.h"
#include "core/base/text.h"

namespace bellwether::testing {

class SeriesCommandTest : public ::testing::Test {
 protected:
  using Add = void (*)(CLI::App&, cli::Context&);

  SeriesCommandTest(std::string command, Add add) : command_(std::move(command)), add_(add) {
    std::string name = base::cat("bellwether-", command_, "-", getpid(), "-",
                                 ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::ranges::replace(name, '/', '-');
    folder_ = std::filesystem::temp_directory_path() / name;
    std::filesystem::create_directories(folder_);
  }
  ~SeriesCommandTest() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  static std::string content(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }

  // Returns the exit code. The output is in output_ and errors_.
  int run(const std::string& csv, std::vector<std::string> options) {
    std::ofstream(path("in.csv"), std::ios::binary) << csv;
    return run_on_file(path("in.csv"), std::move(options));
  }
  int run_on_file(const std::string& input, std::vector<std::string> options) {
    std::vector<std::string> words = {command_, "--input", input, "--output-file", path("out.csv")};
    words.insert(words.end(), options.begin(), options.end());
    std::ranges::reverse(words);  // CLI11 takes them in reverse order
    std::filesystem::remove(path("out.csv"));
    cli::Context context;
    CLI::App app("", "bellwether");
    add_(app, context);
    ::testing::internal::CaptureStderr();
    try {
      app.parse(words);
    } catch (const CLI::ParseError& e) {
      context.exit_code = static_cast<int>(cli::Exit::kUsage);
    }
    errors_ = ::testing::internal::GetCapturedStderr();
    output_ = content(path("out.csv"));
    return context.exit_code;
  }

  std::string command_;
  Add add_;
  std::filesystem::path folder_;
  std::string output_;
  std::string errors_;
};

}  // namespace bellwether::testing
