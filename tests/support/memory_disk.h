// A disk in memory that gives only the guarantees of POSIX: after a loss of power unsynced data may
// be missing, torn or garbage, and a name is durable only if its folder was synced. Any operation
// can be made to fail.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "adapters/snapshot/disk.h"
#include "support/random.h"

namespace bellwether::testing {

class MemoryDisk final : public snapshot::Disk {
 public:
  enum class Fault { kFull, kShortWrite, kError };
  // Writing operations from number `at` to `until` − 1, counted from 0, fail. Reading still works.
  // On a full disk removing works, too.
  void fail_from(int64_t at, Fault fault, int64_t until = INT64_MAX) {
    fail_at_ = at;
    fail_until_ = until;
    fault_ = fault;
  }
  void heal() { fail_at_.reset(); }
  int64_t operations() const { return operations_; }
  // Syncs do nothing and report success.
  void lie_about_sync(bool of_files = true, bool of_folders = true) {
    file_syncs_lie_ = of_files;
    folder_syncs_lie_ = of_folders;
  }

  // The power fails. Chance decides which unsynced data are kept.
  void lose_power(Random& random) { lose_power(*root_, random); }

  // The bytes of a file, for tests that damage it. Null if there is no such file.
  std::string* bytes(const std::string& path) {
    auto const node = find(path);
    return node == nullptr || node->folder ? nullptr : &node->data;
  }
  // The paths of all files, sorted.
  std::vector<std::string> files() const {
    std::vector<std::string> out;
    add_files("", *root_, out);
    return out;
  }

  absl::StatusOr<std::unique_ptr<snapshot::OutputFile>> create(const std::string& path) override {
    if (absl::Status s = step(path); !s.ok()) return s;
    auto const parent = find(parent_of(path));
    if (parent == nullptr) return absl::NotFoundError(path);
    auto file = std::make_shared<Node>();
    parent->entries[name_of(path)] = file;
    return std::make_unique<Output>(*this, path, std::move(file));
  }
  absl::StatusOr<std::unique_ptr<snapshot::OutputFile>> extend(const std::string& path) override {
    auto const node = find(path);
    if (node == nullptr) return create(path);
    if (absl::Status s = step(path); !s.ok()) return s;
    if (node->folder) return absl::UnavailableError(path);
    return std::make_unique<Output>(*this, path, node);
  }
  absl::StatusOr<std::unique_ptr<snapshot::InputFile>> open(const std::string& path) override {
    auto node = find(path);
    if (node == nullptr || node->folder) return absl::NotFoundError(path);
    return std::make_unique<Input>(std::move(node));
  }
  absl::Status make_folder(const std::string& path) override {
    if (auto const node = find(path); node != nullptr && node->folder) return absl::OkStatus();
    if (absl::Status s = step(path); !s.ok()) return s;
    std::shared_ptr<Node> at = root_;
    for (const std::string& name : parts(path)) {
      std::shared_ptr<Node>& next = at->entries[name];
      if (next == nullptr) {
        next = std::make_shared<Node>(Node{.folder = true});
        if (!folder_syncs_lie_) at->durable[name] = next;
      }
      at = next;
    }
    return absl::OkStatus();
  }
  absl::Status rename(const std::string& from, const std::string& to) override {
    if (absl::Status s = step(from); !s.ok()) return s;
    auto const parent = find(parent_of(from));
    auto const node = find(from);
    auto const target = find(parent_of(to));
    if (node == nullptr || target == nullptr) return absl::NotFoundError(from);
    parent->entries.erase(name_of(from));
    target->entries[name_of(to)] = node;
    return absl::OkStatus();
  }
  absl::Status sync_folder(const std::string& path) override {
    if (absl::Status s = step(path); !s.ok()) return s;
    auto const node = find(path);
    if (node == nullptr) return absl::NotFoundError(path);
    if (!folder_syncs_lie_) node->durable = node->entries;
    return absl::OkStatus();
  }
  absl::Status remove(const std::string& path) override {
    if (absl::Status s = step(path); !s.ok() && fault_ != Fault::kFull) return s;
    if (auto const parent = find(parent_of(path)); parent != nullptr)
      parent->entries.erase(name_of(path));
    return absl::OkStatus();
  }
  absl::StatusOr<std::vector<std::string>> list(const std::string& path) override {
    auto const node = find(path);
    if (node == nullptr) return absl::NotFoundError(path);
    std::vector<std::string> names;
    for (const auto& [name, entry] : node->entries) names.push_back(name);
    return names;
  }

 private:
  struct Node {
    bool folder = false;
    std::map<std::string, std::shared_ptr<Node>> entries;
    std::map<std::string, std::shared_ptr<Node>> durable;
    std::string data;
    size_t synced = 0;
  };
  class Output final : public snapshot::OutputFile {
   public:
    Output(MemoryDisk& disk, std::string path, std::shared_ptr<Node> node)
        : disk_(disk), path_(std::move(path)), node_(std::move(node)) {}
    absl::Status append(std::string_view bytes) override {
      absl::Status const s = disk_.step(path_);
      if (!s.ok() && disk_.fault_ == Fault::kShortWrite)
        node_->data.append(bytes.substr(0, bytes.size() / 2));
      if (s.ok()) node_->data.append(bytes);
      return s;
    }
    absl::Status sync() override {
      if (absl::Status s = disk_.step(path_); !s.ok()) return s;
      if (!disk_.file_syncs_lie_) node_->synced = node_->data.size();
      return absl::OkStatus();
    }

   private:
    MemoryDisk& disk_;
    std::string path_;
    std::shared_ptr<Node> node_;
  };
  class Input final : public snapshot::InputFile {
   public:
    explicit Input(std::shared_ptr<Node> node) : node_(std::move(node)) {}
    uint64_t size() const override { return node_->data.size(); }
    absl::StatusOr<size_t> read(uint64_t offset, std::span<char> into) const override {
      size_t const from = std::min<size_t>(offset, node_->data.size());
      size_t const n = std::min(into.size(), node_->data.size() - from);
      std::copy_n(node_->data.data() + from, n, into.data());
      return n;
    }

   private:
    std::shared_ptr<Node> node_;
  };

  absl::Status step(const std::string& path) {
    int64_t const now = operations_++;
    if (!fail_at_ || now < *fail_at_ || now >= fail_until_) return absl::OkStatus();
    if (fault_ == Fault::kError) return absl::UnavailableError("input/output error: " + path);
    return absl::ResourceExhaustedError("no space left on device: " + path);
  }
  static void add_files(const std::string& above, const Node& folder,
                        std::vector<std::string>& out) {
    for (const auto& [name, entry] : folder.entries) {
      std::string const path = above + '/' + name;
      entry->folder ? add_files(path, *entry, out) : out.push_back(path);
    }
  }
  static std::vector<std::string> parts(const std::string& path) {
    std::vector<std::string> out;
    size_t at = 0;
    while (at < path.size()) {
      size_t const slash = std::min(path.find('/', at), path.size());
      if (slash > at) out.push_back(path.substr(at, slash - at));
      at = slash + 1;
    }
    return out;
  }
  static std::string parent_of(const std::string& path) { return path.substr(0, path.rfind('/')); }
  static std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }
  std::shared_ptr<Node> find(const std::string& path) const {
    std::shared_ptr<Node> at = root_;
    for (const std::string& name : parts(path)) {
      auto const found = at->entries.find(name);
      if (found == at->entries.end()) return nullptr;
      at = found->second;
    }
    return at;
  }
  static void lose_power(Node& node, Random& random) {
    if (!node.folder) {
      size_t const unsynced = node.data.size() - node.synced;
      node.data.resize(node.synced + random.below(unsynced + 1));
      if (node.data.size() > node.synced &&
          random.chance(0.5)) {  // the length reached the disk, a block did not
        size_t const from = node.synced + random.below(node.data.size() - node.synced);
        std::fill(node.data.begin() + static_cast<ptrdiff_t>(from), node.data.end(), '\0');
      }
      node.synced = node.data.size();
      return;
    }
    std::map<std::string, std::shared_ptr<Node>> left;
    std::map<std::string, std::pair<std::shared_ptr<Node>, std::shared_ptr<Node>>> both;
    for (const auto& [name, entry] : node.entries) both[name].first = entry;
    for (const auto& [name, entry] : node.durable) both[name].second = entry;
    for (const auto& [name, pair] : both) {
      auto const& survivor =
          pair.first == pair.second || random.chance(0.5) ? pair.first : pair.second;
      if (survivor != nullptr) left[name] = survivor;
    }
    node.entries = node.durable = std::move(left);
    for (const auto& [name, entry] : node.entries) lose_power(*entry, random);
  }

  std::shared_ptr<Node> root_ = std::make_shared<Node>(Node{.folder = true});
  int64_t operations_ = 0;
  std::optional<int64_t> fail_at_;
  int64_t fail_until_ = INT64_MAX;
  Fault fault_ = Fault::kError;
  bool file_syncs_lie_ = false;
  bool folder_syncs_lie_ = false;
};

}  // namespace bellwether::testing
