#include "adapters/lmdb/store.h"

#include <fcntl.h>
#include <lmdb.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>
#include <utility>

#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::lmdb {
namespace {

constexpr char kRecords[] = "records";
constexpr char kNotes[] = "notes";
constexpr MDB_dbi kTables = 2;
constexpr mode_t kMode = 0600;
constexpr char kOwnerNote[] = "owner";

MDB_val value_of(std::string_view text) {
  return {text.size(), const_cast<char*>(text.data())};
}
std::string_view view_of(const MDB_val& value) {
  return {static_cast<const char*>(value.mv_data), value.mv_size};
}

absl::Status failed(const std::string& path, std::string_view what, int error) {
  std::string const text = base::cat(path, ": ", what, ": ", mdb_strerror(error));
  switch (error) {
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
    case MDB_VERSION_MISMATCH:
    case MDB_PANIC:
      return absl::DataLossError(base::cat(
          text,
          "; the state is damaged or no state: name another file with --state, or restore it"));
    case MDB_MAP_FULL:
    case MDB_TXN_FULL:
    case ENOSPC:
    case EDQUOT:
    case EIO:  // also what LMDB makes of a short write to a full disk
      return absl::ResourceExhaustedError(base::cat(text, "; make room on the disk, or mend it"));
    default:
      return absl::UnavailableError(text);
  }
}

// Returns a descriptor that holds the lock. The file itself is locked, so that the state is one
// file.
absl::StatusOr<int> lock_file(const std::string& path, bool read_only) {
  int const flags = read_only ? O_RDONLY : O_RDWR | O_CREAT;
  int const out = ::open(path.c_str(), flags | O_CLOEXEC, kMode);
  if (out < 0) {
    return absl::UnavailableError(base::cat(path, ": ", std::strerror(errno),
                                            "; name a file that can be written with --state"));
  }
  if (flock(out, (read_only ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0) return out;
  close(out);
  return absl::FailedPreconditionError(
      base::cat(path, ": another process uses this state; wait until it ends"));
}

}  // namespace

// LMDB's environment with its two tables, and a read transaction while nothing is written.
class Store::Environment {
 public:
  static absl::StatusOr<std::unique_ptr<Environment>> open(const std::string& path,
                                                           bool read_only) {
    auto const lock = lock_file(path, read_only);
    if (!lock.ok()) return lock.status();
    std::unique_ptr<Environment> out(new Environment(path, *lock));
    struct stat file {};
    (void)fstat(*lock, &file);
    if (read_only && file.st_size == 0) return nullptr;
    if (int const error = out->set_up(read_only, file.st_size); error != 0)
      return failed(path, "cannot open the state", error);
    return out;
  }
  ~Environment() {
    if (read_ != nullptr) mdb_txn_abort(read_);
    if (environment_ != nullptr) mdb_env_close(environment_);
    close(lock_);
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  // 0, MDB_NOTFOUND or another error.
  int get(std::string_view key, std::string_view& value) {
    if (int const error = begin_read(); error != 0) return error;
    MDB_val k = value_of(key);
    MDB_val v{};
    int const error = mdb_get(read_, records_, &k, &v);
    if (error == 0) value = view_of(v);
    return error;
  }

  template <class Use>
  int each(bool notes, Use use) {
    if (int const error = begin_read(); error != 0) return error;
    MDB_cursor* cursor = nullptr;
    if (int const error = mdb_cursor_open(read_, notes ? notes_ : records_, &cursor); error != 0)
      return error;
    MDB_val key{};
    MDB_val value{};
    int error = mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
    for (; error == 0; error = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) {
      use(view_of(key), view_of(value));
    }
    mdb_cursor_close(cursor);
    return error == MDB_NOTFOUND ? 0 : error;
  }

  int count(int64_t& out) {
    if (int const error = begin_read(); error != 0) return error;
    MDB_stat stat{};
    int const error = mdb_stat(read_, records_, &stat);
    out = static_cast<int64_t>(stat.ms_entries);
    return error;
  }

  // One transaction. `places` of `changes` are in the order of their keys.
  int write(const Changes& changes, std::span<const Changes::Place> places,
            const std::map<std::string, std::string>& notes) {
    // Without LMDB's own lock file a reader must not be open while pages are reused.
    if (read_ != nullptr) mdb_txn_abort(std::exchange(read_, nullptr));
    MDB_txn* txn = nullptr;
    if (int const error = mdb_txn_begin(environment_, nullptr, 0, &txn); error != 0) return error;
    int error = write_records(txn, changes, places);
    for (const auto& [name, text] : notes) {
      MDB_val key = value_of(name);
      MDB_val value = value_of(text);
      if (error == 0) error = mdb_put(txn, notes_, &key, &value, 0);
    }
    if (error == 0) return mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return error;
  }

 private:
  Environment(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

  int set_up(bool read_only, off_t bytes) {
    if (int const error = mdb_env_create(&environment_); error != 0) return error;
    (void)mdb_env_set_mapsize(environment_, kStoreBytesMax);
    (void)mdb_env_set_maxdbs(environment_, kTables);
    unsigned const flags = MDB_NOSUBDIR | MDB_NOLOCK | (read_only ? MDB_RDONLY : 0u);
    if (int const error = mdb_env_open(environment_, path_.c_str(), flags, kMode); error != 0)
      return error;
    // A page behind the end of a truncated file could not be read: the process would be killed.
    MDB_envinfo info{};
    MDB_stat stat{};
    (void)mdb_env_info(environment_, &info);
    (void)mdb_env_stat(environment_, &stat);
    if (bytes > 0 && (info.me_last_pgno + 1) * stat.ms_psize > static_cast<size_t>(bytes))
      return MDB_CORRUPTED;
    MDB_txn* txn = nullptr;
    unsigned const txn_flags = read_only ? MDB_RDONLY : 0u;
    if (int const error = mdb_txn_begin(environment_, nullptr, txn_flags, &txn); error != 0)
      return error;
    unsigned const create = read_only ? 0u : MDB_CREATE;
    int error = mdb_dbi_open(txn, kRecords, create, &records_);
    if (error == 0) error = mdb_dbi_open(txn, kNotes, create, &notes_);
    if (error == 0) return mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return error == MDB_NOTFOUND ? MDB_INVALID : error;
  }

  int begin_read() {
    return read_ != nullptr ? 0 : mdb_txn_begin(environment_, nullptr, MDB_RDONLY, &read_);
  }

  int write_records(MDB_txn* txn, const Changes& changes, std::span<const Changes::Place> places) {
    if (places.empty()) return 0;
    MDB_cursor* cursor = nullptr;
    if (int const error = mdb_cursor_open(txn, records_, &cursor); error != 0) return error;
    MDB_val last{};
    MDB_val unused{};
    int const at_end = mdb_cursor_get(cursor, &last, &unused, MDB_LAST);
    // Keys behind the last one fill the pages; others split them in halves.
    std::string const end = at_end == 0 ? std::string(view_of(last)) : "";
    int error = 0;
    for (Changes::Place const place : places) {
      Changes::Change const change = changes.at(place);
      MDB_val key = value_of(change.key);
      MDB_val value = value_of(change.value);
      if (change.erased) {
        error = mdb_del(txn, records_, &key, nullptr);
        if (error == MDB_NOTFOUND) error = 0;
      } else {
        error = mdb_cursor_put(cursor, &key, &value, change.key > end ? MDB_APPEND : 0u);
      }
      if (error != 0) break;
    }
    mdb_cursor_close(cursor);
    return error;
  }

  std::string const path_;
  int const lock_;  // descriptor
  MDB_env* environment_ = nullptr;
  MDB_txn* read_ = nullptr;
  MDB_dbi records_ = 0;
  MDB_dbi notes_ = 0;
};

Store::Store(std::string path, std::unique_ptr<Environment> environment)
    : path_(std::move(path)), environment_(std::move(environment)) {}

Store::~Store() = default;

absl::StatusOr<std::unique_ptr<Store>> Store::make(const std::string& path, std::string_view owner,
                                                   bool read_only) {
  std::unique_ptr<Environment> environment;
  if (!read_only || access(path.c_str(), F_OK) == 0) {
    BELLWETHER_ASSIGN_OR_RETURN(environment, Environment::open(path, read_only));
  }
  std::unique_ptr<Store> out(new Store(path, std::move(environment)));
  out->read_only_ = read_only;
  BELLWETHER_RETURN_IF_ERROR(out->check_owner(owner));
  return out;
}

absl::StatusOr<std::unique_ptr<Store>> Store::open(const std::string& path,
                                                   std::string_view owner) {
  return make(path, owner, false);
}

absl::StatusOr<std::unique_ptr<Store>> Store::peek(const std::string& path,
                                                   std::string_view owner) {
  return make(path, owner, true);
}

absl::Status Store::check_owner(std::string_view owner) {
  if (environment_ == nullptr) return absl::OkStatus();
  int error = environment_->each(true, [this](std::string_view name, std::string_view text) {
    notes_[std::string(name)] = text;
  });
  if (error == 0) error = environment_->count(size_);
  if (error != 0) return failed(path_, "cannot read the state", error);
  std::string const found = note(kOwnerNote);
  if (found.empty() && size_ == 0) {
    set_note(kOwnerNote, owner);
    return absl::OkStatus();
  }
  if (found == owner) return absl::OkStatus();
  return absl::FailedPreconditionError(base::cat(path_, ": this is the state of \"",
                                                 base::excerpt(found), "\", not of \"", owner,
                                                 "\"; name another file with --state"));
}

absl::StatusOr<std::optional<std::string_view>> Store::get(std::string_view key) {
  if (auto const change = changes_.find(key)) {
    if (change->erased) return std::nullopt;
    return change->value;
  }
  if (environment_ == nullptr || key.empty() || key.size() > kKeyBytesMax) return std::nullopt;
  std::string_view value;
  int const error = environment_->get(key, value);
  if (error == MDB_NOTFOUND) return std::nullopt;
  if (error != 0) return failed(path_, "cannot read the state", error);
  return value;
}

std::string Store::note(const std::string& name) const {
  auto const found = notes_.find(name);
  return found == notes_.end() ? "" : found->second;
}

void Store::set_note(const std::string& name, std::string_view text) {
  notes_[name] = text;
}

absl::Status Store::commit() {
  if (read_only_) return absl::OkStatus();
  std::vector<Changes::Place> const all = changes_.sorted();
  std::span<const Changes::Place> rest(all);
  while (true) {
    size_t const together = std::min(kKeysTogether, rest.size());
    bool const last = together == rest.size();
    int const error = environment_->write(changes_, rest.first(together),
                                          last ? notes_ : std::map<std::string, std::string>());
    if (error != 0) return failed(path_, "cannot write the state", error);
    rest = rest.subspan(together);
    if (last) break;
  }
  changes_.clear();
  int const error = environment_->count(size_);
  return error == 0 ? absl::OkStatus() : failed(path_, "cannot read the state", error);
}

absl::Status Store::each(
    absl::FunctionRef<void(std::string_view key, std::string_view value)> use) {
  if (environment_ == nullptr) return absl::OkStatus();
  int const error = environment_->each(false, use);
  return error == 0 ? absl::OkStatus() : failed(path_, "cannot read the state", error);
}

}  // namespace bellwether::lmdb
