// Purpose: counts the calls in one part of the code, so that it can be limited.
// Thread safety: any.
#pragma once

#include <atomic>

namespace bellwether::rpc {

// One of the calls that work or wait, from its construction to its end.
class Place {
 public:
  explicit Place(std::atomic<int>& taken) : taken_(taken), number_(++taken) {}
  ~Place() { --taken_; }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  int number() const { return number_; }  // from 1

 private:
  std::atomic<int>& taken_;
  int const number_;
};

}  // namespace bellwether::rpc
