# How every target of this project is built: warnings are errors, binaries are hardened, compiling is cached.

include(CheckCXXCompilerFlag)
include(CheckPIESupported)
check_pie_supported()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

set(CAUSEWAY_SANITIZE "" CACHE STRING "Sanitizers, as in -fsanitize=: address,undefined or thread")

# ccache, where there is one, told what precompiled headers need (pch_defines, time_macros), and that paths below
# the source folder are relative, so that one checkout finds what another compiled.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_ABSSTDERR=1
    ${CCACHE_PROGRAM})
endif()

add_library(causeway_options INTERFACE)
target_include_directories(causeway_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(causeway_options INTERFACE -Wall -Wextra -Wconversion -Wshadow -Wformat=2 -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(causeway_options INTERFACE -Wno-restrict)  # false alarms on "text" + string (GCC bug 105651)
  # The same for Boost's small_vector, whose memory may be inside it.
  target_compile_options(causeway_options INTERFACE -Wno-stringop-overread -Wno-stringop-overflow -Wno-array-bounds)
endif()

# The programs name their sources from the root of the repository, whoever built them and where.
file(RELATIVE_PATH up ${CMAKE_BINARY_DIR} ${CMAKE_SOURCE_DIR})
target_compile_options(causeway_options INTERFACE
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}/= -ffile-prefix-map=${up}=)

target_compile_options(causeway_options INTERFACE -fno-omit-frame-pointer -fstack-protector-strong)
foreach(flag -fstack-clash-protection -fcf-protection)
  string(MAKE_C_IDENTIFIER "causeway_has${flag}" has)
  check_cxx_compiler_flag(${flag} ${has})
  if(${has})
    target_compile_options(causeway_options INTERFACE ${flag})
  endif()
endforeach()
target_compile_definitions(causeway_options INTERFACE _GLIBCXX_ASSERTIONS)
target_link_options(causeway_options INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)

# The fortified calls of glibc need optimisation, and hide from the sanitizers what they look for.
target_compile_options(causeway_options INTERFACE -U_FORTIFY_SOURCE)
if(CAUSEWAY_SANITIZE)
  target_compile_options(causeway_options INTERFACE
    -fsanitize=${CAUSEWAY_SANITIZE} -fno-sanitize-recover=all -Wno-maybe-uninitialized)
  target_link_options(causeway_options INTERFACE -fsanitize=${CAUSEWAY_SANITIZE})
else()
  target_compile_options(causeway_options INTERFACE $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=2>)
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
