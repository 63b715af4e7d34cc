# How every target of this project is built: warnings are errors, the binaries are hardened, compiling is cached.

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

set(CAUSEWAY_SANITIZE "" CACHE STRING "Sanitizers, as in -fsanitize=: address,undefined or thread")
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

add_library(causeway_options INTERFACE)
target_include_directories(causeway_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(causeway_options INTERFACE
  -Wall -Wextra -Wconversion -Wshadow -Werror
  -fstack-protector-strong -fno-omit-frame-pointer)
target_link_options(causeway_options INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)
if(CAUSEWAY_SANITIZE)
  target_compile_options(causeway_options INTERFACE
    -fsanitize=${CAUSEWAY_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(causeway_options INTERFACE -fsanitize=${CAUSEWAY_SANITIZE})
else()
  target_compile_definitions(causeway_options INTERFACE
    $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>)
endif()

# causeway_folder(NAME dependency…): the static library causeway_NAME from this folder's sources.
function(causeway_folder name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  file(GLOB headers CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.h)
  if(NOT sources)
    add_library(causeway_${name} INTERFACE)
    target_link_libraries(causeway_${name} INTERFACE causeway_options ${ARGN})
    return()
  endif()
  add_library(causeway_${name} STATIC ${sources} ${headers})
  target_link_libraries(causeway_${name} PUBLIC causeway_options ${ARGN})
endfunction()

# causeway_program(NAME FILE… LINK dependency…): a program in bin/.
function(causeway_program name)
  cmake_parse_arguments(PARSE_ARGV 1 program "" "" "LINK")
  add_executable(${name} ${program_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE causeway_options ${program_LINK})
endfunction()
