# Compile settings shared by all targets of this project, and one function per kind of target. A
# folder of the daemon is one static library named bellwether_<folder>; its sources are the *.cc of
# the folder.

add_library(bellwether_settings INTERFACE)
target_compile_features(bellwether_settings INTERFACE cxx_std_20)
target_include_directories(bellwether_settings INTERFACE
  ${CMAKE_SOURCE_DIR}/daemon ${CMAKE_BINARY_DIR}/daemon/generated)
configure_file(${CMAKE_SOURCE_DIR}/daemon/core/base/version.h.in
               ${CMAKE_BINARY_DIR}/daemon/generated/core/base/version.h @ONLY)
# No fused multiply-add, so that the same log gives the same bits on every machine. GCC 12 reports
# overlapping copies in std::string::insert and replace that do not exist (GCC bug 105651). With
# precompiled headers it also reports copies past the end of a short string (GCC bug 105329).
# AddressSanitizer checks copies instead. Clang's -Wshadow also warns if an enumerator of a struct
# has the same name as one of a namespace, as in generated messages, so only GCC checks for
# shadowing.
target_compile_options(bellwether_settings INTERFACE
  -Wall -Wextra -Werror -Wnon-virtual-dtor -Wno-missing-field-initializers
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overread>
  $<$<CXX_COMPILER_ID:GNU>:-Wshadow>
  -ffp-contract=off -fno-omit-frame-pointer)
# The fast linker mold, if it is installed and the compiler supports it.
include(CheckLinkerFlag)
check_linker_flag(CXX -fuse-ld=mold BELLWETHER_MOLD)
if(BELLWETHER_MOLD)
  target_link_options(bellwether_settings INTERFACE -fuse-ld=mold)
endif()
# With sanitizers, optimising takes most of the time of a compilation. The daemon's code runs much
# longer than that; the code of the tests does not.
define_property(TARGET PROPERTY BELLWETHER_IS_TEST
  BRIEF_DOCS "ON for the programs of tests and their precompiled headers")
if(BELLWETHER_SANITIZE)
  target_compile_options(bellwether_settings INTERFACE
    -fsanitize=${BELLWETHER_SANITIZE} -fno-sanitize-recover=all -g1
    -O$<IF:$<BOOL:$<TARGET_PROPERTY:BELLWETHER_IS_TEST>>,0,1>)
  target_link_options(bellwether_settings INTERFACE -fsanitize=${BELLWETHER_SANITIZE})
endif()

# The headers that most files include and that take longest to parse. They are compiled once for all
# libraries, once with gRPC for the libraries that serve, once with gRPC and CLI11 for the commands,
# and with GoogleTest for the tests.
set(BELLWETHER_PRECOMPILED
  <algorithm> <array> <cmath> <cstdint> <functional> <map> <memory> <optional> <set> <span> <string>
  <string_view> <utility> <vector> <absl/container/flat_hash_map.h> <absl/status/statusor.h>
  <absl/strings/str_format.h> <absl/time/clock.h>)
# The additional headers for services: gRPC, and the generated headers of contracts that define a
# service.
set(BELLWETHER_SERVICES <grpcpp/grpcpp.h>)
file(GLOB_RECURSE contracts CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/proto
     ${CMAKE_SOURCE_DIR}/proto/*.proto)
foreach(contract ${contracts})
  file(STRINGS ${CMAKE_SOURCE_DIR}/proto/${contract} services REGEX "^service ")
  if(services)
    string(REGEX REPLACE "\\.proto$" ".grpc.pb.h" header ${contract})
    list(APPEND BELLWETHER_SERVICES <${header}>)
  endif()
endforeach()

# Several sources of a target are compiled together, because most of the time goes into headers that
# all of them include. So two files of a target cannot use one name for different things, unless the
# target is SEPARATE. The preset `debug` compiles every file alone.
option(BELLWETHER_COMPILE_TOGETHER "Compile several files of a target together" ON)
set(BELLWETHER_FILES_TOGETHER 8)
function(bellwether_compile_together target)
  if(BELLWETHER_COMPILE_TOGETHER)
    set_target_properties(${target} PROPERTIES
      UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${BELLWETHER_FILES_TOGETHER})
  endif()
endfunction()

# bellwether_library(<path> [SEPARATE] [PRECOMPILED <folder>] [DEPS <target>...]): builds the *.cc
# in and below daemon/<path> as bellwether_<folder>, where <folder> is the last part of the path. It
# uses the precompiled headers of the folder in PRECOMPILED, or of base. SEPARATE: each file is
# compiled alone.
function(bellwether_library path)
  cmake_parse_arguments(ARG "SEPARATE" "PRECOMPILED" "DEPS" ${ARGN})
  get_filename_component(folder ${path} NAME)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/daemon/${path}/*.cc)
  if(NOT sources)
    add_library(bellwether_${folder} INTERFACE)
    target_link_libraries(bellwether_${folder} INTERFACE bellwether_settings ${ARG_DEPS})
    return()
  endif()
  add_library(bellwether_${folder} STATIC ${sources})
  target_link_libraries(bellwether_${folder} PUBLIC bellwether_settings ${ARG_DEPS})
  if(NOT ARG_SEPARATE)
    bellwether_compile_together(bellwether_${folder})
  endif()
  if(NOT ARG_PRECOMPILED)
    set(ARG_PRECOMPILED base)
  endif()
  if(folder STREQUAL ARG_PRECOMPILED)
    target_precompile_headers(bellwether_${folder} PRIVATE ${BELLWETHER_PRECOMPILED})
  else()
    target_precompile_headers(bellwether_${folder} REUSE_FROM bellwether_${ARG_PRECOMPILED})
  endif()
endfunction()

# bellwether_precompiled(<name> [HEADERS <header>...] [DEPS <target>...]): precompiles the usual
# headers and HEADERS, for programs with PRECOMPILED <name>.
function(bellwether_precompiled name)
  cmake_parse_arguments(ARG "" "" "HEADERS;DEPS" ${ARGN})
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${name}_precompiled.cc CONTENT "")
  add_library(bellwether_${name} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/${name}_precompiled.cc)
  target_link_libraries(bellwether_${name} PRIVATE bellwether_settings ${ARG_DEPS})
  target_precompile_headers(bellwether_${name} PRIVATE ${BELLWETHER_PRECOMPILED} ${ARG_HEADERS})
  set_target_properties(bellwether_${name} PROPERTIES BELLWETHER_IS_TEST ON)
endfunction()

# bellwether_test(<kind> <path> [SEPARATE] [PRECOMPILED <name>] [DEPS <target>...]): builds the *.cc
# in and below tests/<kind>/<path> as the program <kind>_<folder>_test, where <folder> is the last
# part of the path. The target <kind>_programs builds all programs of a kind. SEPARATE: each file is
# compiled alone.
function(bellwether_test kind path)
  cmake_parse_arguments(ARG "SEPARATE" "PRECOMPILED" "DEPS" ${ARGN})
  get_filename_component(folder ${path} NAME)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${kind}/${path}/*.cc)
  if(NOT sources)
    message(FATAL_ERROR "tests/${kind}/${path} has no tests")
  endif()
  set(name ${kind}_${folder}_test)
  add_executable(${name} ${sources})
  set_target_properties(${name} PROPERTIES BELLWETHER_IS_TEST ON)
  if(NOT ARG_SEPARATE)
    bellwether_compile_together(${name})
  endif()
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE bellwether_settings bellwether_test_paths ${ARG_DEPS}
                                        GTest::gmock GTest::gtest_main)
  if(NOT ARG_PRECOMPILED)
    set(ARG_PRECOMPILED test_headers)
  endif()
  target_precompile_headers(${name} REUSE_FROM bellwether_${ARG_PRECOMPILED})
  if(NOT TARGET ${kind}_programs)
    add_custom_target(${kind}_programs)
  endif()
  add_dependencies(${kind}_programs ${name})
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS ${kind})
endfunction()
