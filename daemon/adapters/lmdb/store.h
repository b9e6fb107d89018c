// Purpose: what a connector remembers from one run to the next, in one file: keys and values, and a
// few named texts, the notes. What is written survives a loss of power; a process that is killed at
// any moment leaves what was committed.
// LMDB keeps the file. Its pages are mapped into memory, and a write in the order of the keys
// touches each page once. So changes are collected in memory first, and commit() sorts them. A
// commit of more than kKeysTogether keys is several transactions: after a crash some keys have
// their new value and some the old one. So a value must say nothing about other keys. The notes are
// written last.
// Thread safety: one thread; a lock on the file keeps other processes out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/lmdb/changes.h"

namespace bellwether::lmdb {

// The file cannot become larger. Only address space is reserved, not memory or disk.
inline constexpr size_t kStoreBytesMax = size_t{16} << 30;
inline constexpr size_t kKeysTogether = size_t{1} << 18;

class Store {
 public:
  // Opens the file for one process; creates it if it is missing. `owner`: who writes it and in
  // which format, for example "companies-house 1". Errors: FailedPrecondition if another process
  // uses the file or another owner wrote it; Unavailable if it cannot be read and written; DataLoss
  // if it is damaged.
  static absl::StatusOr<std::unique_ptr<Store>> open(const std::string& path,
                                                     std::string_view owner);
  // Like open(), but nothing is ever written: commit() keeps the changes in memory. A missing file
  // is an empty store.
  static absl::StatusOr<std::unique_ptr<Store>> peek(const std::string& path,
                                                     std::string_view owner);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // The value with all changes so far; nullopt if there is none. Valid until the next change or
  // commit. Error: DataLoss.
  absl::StatusOr<std::optional<std::string_view>> get(std::string_view key);
  // REQUIRES: as Changes.
  void put(std::string_view key, std::string_view value) { changes_.put(key, value); }
  void erase(std::string_view key) { changes_.erase(key); }

  // Empty if it was never set.
  std::string note(const std::string& name) const;
  void set_note(const std::string& name, std::string_view text);

  // Writes all changes and notes. Errors: ResourceExhausted if the disk or the file is full;
  // Unavailable.
  absl::Status commit();
  // Memory of the changes since the last commit.
  size_t changes_bytes() const { return changes_.bytes(); }

  // Calls use(key, value) for all committed keys in their order, without the changes since then.
  // The views are valid until `use` returns, which must not change the store.
  absl::Status each(absl::FunctionRef<void(std::string_view key, std::string_view value)> use);
  // Number of committed keys.
  int64_t size() const { return size_; }
  const std::string& path() const { return path_; }

 private:
  class Environment;
  Store(std::string path, std::unique_ptr<Environment> environment);
  static absl::StatusOr<std::unique_ptr<Store>> make(const std::string& path,
                                                     std::string_view owner, bool read_only);
  absl::Status check_owner(std::string_view owner);

  std::string const path_;
  std::unique_ptr<Environment> environment_;  // nullptr: a missing file that is only read
  bool read_only_ = false;
  int64_t size_ = 0;
  Changes changes_;
  std::map<std::string, std::string> notes_;
};

}  // namespace bellwether::lmdb
