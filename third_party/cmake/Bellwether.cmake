# Compile settings shared by all of our targets, and one function a kind of target. A folder of the
# daemon is one static library named bellwether_<folder>; its sources are the *.cc of the folder.

add_library(bellwether_settings INTERFACE)
target_compile_features(bellwether_settings INTERFACE cxx_std_20)
target_include_directories(bellwether_settings INTERFACE ${CMAKE_SOURCE_DIR}/daemon)
# No fused multiply-add: the same log gives the same bits on every machine. GCC 12 sees overlapping
# copies in std::string::insert and replace where there are none (its bug 105651), and with precompiled
# headers it also tells of copies beyond a short string's own room that are none (105329): what is
# copied where, AddressSanitizer watches. Clang's -Wshadow also minds a struct's enumerators that bear
# the name of a namespace's, which is how the slots of messages are named; GCC alone watches over
# shadowing.
target_compile_options(bellwether_settings INTERFACE
  -Wall -Wextra -Werror -Wnon-virtual-dtor -Wno-missing-field-initializers
  "$<$<CXX_COMPILER_ID:GNU>:-Wno-restrict;-Wno-array-bounds;-Wno-stringop-overflow;-Wno-stringop-overread;-Wshadow>"
  -ffp-contract=off -fno-omit-frame-pointer)
if(BELLWETHER_SANITIZE)
  target_compile_options(bellwether_settings INTERFACE
    -fsanitize=${BELLWETHER_SANITIZE} -fno-sanitize-recover=all -O1 -g1)
  target_link_options(bellwether_settings INTERFACE -fsanitize=${BELLWETHER_SANITIZE})
endif()

# What most files include and what takes longest to read, compiled once for all libraries, once more
# with gRPC for those that serve, and once with GoogleTest for the tests.
set(BELLWETHER_PRECOMPILED
  <algorithm> <array> <cmath> <cstdint> <functional> <map> <memory> <optional> <set> <span> <string>
  <string_view> <utility> <vector> <absl/container/flat_hash_map.h> <absl/status/statusor.h>
  <absl/strings/str_format.h> <absl/time/clock.h>)
# As well, where the services are.
set(BELLWETHER_SERVICES
  <grpcpp/grpcpp.h> <bellwether/alerts/v1/alerts.grpc.pb.h> <bellwether/forecasts/v1/forecasts.grpc.pb.h>
  <bellwether/indicators/v1/indicators.grpc.pb.h> <bellwether/snapshots/v1/snapshots.grpc.pb.h>
  <bellwether/status/v1/status.grpc.pb.h>)

# bellwether_library(<path> [PRECOMPILED <folder>] [DEPS <target>...]): the *.cc in and below
# daemon/<path> as bellwether_<folder>, where <folder> is the last part of the path, with the
# precompiled headers of the folder named, or of base.
function(bellwether_library path)
  cmake_parse_arguments(ARG "" "PRECOMPILED" "DEPS" ${ARGN})
  get_filename_component(folder ${path} NAME)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/daemon/${path}/*.cc)
  if(NOT sources)
    add_library(bellwether_${folder} INTERFACE)
    target_link_libraries(bellwether_${folder} INTERFACE bellwether_settings ${ARG_DEPS})
    return()
  endif()
  add_library(bellwether_${folder} STATIC ${sources})
  target_link_libraries(bellwether_${folder} PUBLIC bellwether_settings ${ARG_DEPS})
  if(NOT ARG_PRECOMPILED)
    set(ARG_PRECOMPILED base)
  endif()
  if(folder STREQUAL ARG_PRECOMPILED)
    target_precompile_headers(bellwether_${folder} PRIVATE ${BELLWETHER_PRECOMPILED})
  else()
    target_precompile_headers(bellwether_${folder} REUSE_FROM bellwether_${ARG_PRECOMPILED})
  endif()
endfunction()

# bellwether_precompiled(<name> [HEADERS <header>...] [DEPS <target>...]): those and the headers of the
# dependencies that are named, for programs that say PRECOMPILED <name>.
function(bellwether_precompiled name)
  cmake_parse_arguments(ARG "" "" "HEADERS;DEPS" ${ARGN})
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${name}_precompiled.cc CONTENT "")
  add_library(bellwether_${name} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/${name}_precompiled.cc)
  target_link_libraries(bellwether_${name} PRIVATE bellwether_settings ${ARG_DEPS})
  target_precompile_headers(bellwether_${name} PRIVATE ${BELLWETHER_PRECOMPILED} ${ARG_HEADERS})
endfunction()

# bellwether_test(<kind> <path> [PRECOMPILED <name>] [DEPS <target>...]): the *.cc in and below
# tests/<kind>/<path> as the program <kind>_<folder>_test, where <folder> is the last part of the path.
function(bellwether_test kind path)
  cmake_parse_arguments(ARG "" "PRECOMPILED" "DEPS" ${ARGN})
  get_filename_component(folder ${path} NAME)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${kind}/${path}/*.cc)
  if(NOT sources)
    message(FATAL_ERROR "tests/${kind}/${path} has no tests")
  endif()
  set(name ${kind}_${folder}_test)
  add_executable(${name} ${sources})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_compile_definitions(${name} PRIVATE
    BELLWETHER_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
    BELLWETHER_BINARY_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
  target_link_libraries(${name} PRIVATE bellwether_settings ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  if(NOT ARG_PRECOMPILED)
    set(ARG_PRECOMPILED test_headers)
  endif()
  target_precompile_headers(${name} REUSE_FROM bellwether_${ARG_PRECOMPILED})
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS ${kind})
endfunction()
