# What other projects use: find_package(causeway), target causeway::causeway. One shared library with all that the public
# headers promise; they are installed below include/causeway, ours of other folders too.
#   cmake --install build/release --component client --prefix DIR
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

foreach(part base crdt ring wire client)
  list(APPEND objects $<TARGET_OBJECTS:causeway_${part}>)
endforeach()
add_library(causeway_package SHARED ${objects})
set_target_properties(causeway_package PROPERTIES
  OUTPUT_NAME causeway EXPORT_NAME causeway LINKER_LANGUAGE CXX
  VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
target_link_libraries(causeway_package PRIVATE causeway_client INTERFACE tl::expected)
target_compile_features(causeway_package INTERFACE cxx_std_20)
target_include_directories(causeway_package INTERFACE
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/causeway>)

install(TARGETS causeway_package EXPORT causewayTargets COMPONENT client
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} NAMELINK_COMPONENT client)
install(DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT client)
foreach(folder base crdt ring wire)
  install(DIRECTORY ${CMAKE_SOURCE_DIR}/${folder} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/causeway COMPONENT client
    FILES_MATCHING PATTERN *.h)
endforeach()

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/causeway)
install(EXPORT causewayTargets NAMESPACE causeway:: DESTINATION ${package_folder} COMPONENT client)
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/causewayConfig.cmake
  "include(CMakeFindDependencyMacro)\n"
  "find_dependency(tl-expected)\n"
  "include(\${CMAKE_CURRENT_LIST_DIR}/causewayTargets.cmake)\n")
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/causewayConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/causewayConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/causewayConfigVersion.cmake
  DESTINATION ${package_folder} COMPONENT client)
