// Purpose: a pointer that owns its object and is never null.
// Thread safety: a value.
#pragma once

#include <memory>
#include <utility>

#include "core/base/check.h"

namespace bellwether::runtime {

template <class T>
class Owned {
 public:
  // REQUIRES: `object` is not null.
  Owned(std::unique_ptr<T> object) : object_(std::move(object)) {
    BELLWETHER_CHECK(object_ != nullptr);
  }
  T& operator*() const { return *object_; }
  T* operator->() const { return object_.get(); }

 private:
  std::unique_ptr<T> object_;
};

}  // namespace bellwether::runtime
