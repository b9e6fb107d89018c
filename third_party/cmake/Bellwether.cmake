# Compile settings shared by all of our targets, and one function a kind of target. A folder of the
# daemon is one static library named bellwether_<folder>; its sources are the *.cc of the folder.

add_library(bellwether_settings INTERFACE)
target_compile_features(bellwether_settings INTERFACE cxx_std_20)
target_include_directories(bellwether_settings INTERFACE ${CMAKE_SOURCE_DIR}/daemon)
# No fused multiply-add: the same log gives the same bits on every machine. GCC 12 sees overlapping
# copies in std::string::insert and replace where there are none (its bug 105651), hence -Wno-restrict.
# Clang's -Wshadow also minds a struct's enumerators that bear the name of a namespace's, which is
# how the slots of messages are named; GCC alone watches over shadowing.
target_compile_options(bellwether_settings INTERFACE
  -Wall -Wextra -Werror -Wnon-virtual-dtor -Wno-missing-field-initializers
  "$<$<CXX_COMPILER_ID:GNU>:-Wno-restrict;-Wshadow>"
  -ffp-contract=off -fno-omit-frame-pointer)
if(BELLWETHER_SANITIZE)
  target_compile_options(bellwether_settings INTERFACE
    -fsanitize=${BELLWETHER_SANITIZE} -fno-sanitize-recover=all -O1 -g)
  target_link_options(bellwether_settings INTERFACE -fsanitize=${BELLWETHER_SANITIZE})
endif()

# bellwether_library(<folder> [DEPS <target>...]): daemon/<folder>/*.cc as bellwether_<folder>.
function(bellwether_library folder)
  cmake_parse_arguments(ARG "" "" "DEPS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/daemon/${folder}/*.cc)
  if(sources)
    add_library(bellwether_${folder} STATIC ${sources})
    target_link_libraries(bellwether_${folder} PUBLIC bellwether_settings ${ARG_DEPS})
  else()
    add_library(bellwether_${folder} INTERFACE)
    target_link_libraries(bellwether_${folder} INTERFACE bellwether_settings ${ARG_DEPS})
  endif()
endfunction()

# bellwether_test(<kind> <folder> [DEPS <target>...]): tests/<kind>/<folder>/*.cc as the program
# <kind>_<folder>_test.
function(bellwether_test kind folder)
  cmake_parse_arguments(ARG "" "" "DEPS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${kind}/${folder}/*.cc)
  if(NOT sources)
    return()
  endif()
  set(name ${kind}_${folder}_test)
  add_executable(${name} ${sources})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_compile_definitions(${name} PRIVATE
    BELLWETHER_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
    BELLWETHER_BINARY_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
  target_link_libraries(${name} PRIVATE bellwether_settings ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS ${kind})
endfunction()
