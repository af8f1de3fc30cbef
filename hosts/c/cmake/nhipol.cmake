# nhipol_policy(TARGET WASM NAME): a static library of a policy. Programs that link it have `nhipol_module_NAME`.
# nhipol_library(TARGET WASM NAME): the shared library libnhipol_NAME.so of a policy and the host, for other languages.
find_program(NHIPOL_CC nhipol-cc REQUIRED NO_DEFAULT_PATH
  HINTS ${CMAKE_CURRENT_LIST_DIR}/.. ${CMAKE_CURRENT_LIST_DIR}/../../../bin ${CMAKE_CURRENT_LIST_DIR}/../../../../bin
  DOC "The translator of modules")

function(nhipol_policy target wasm name)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${target})
  set(source ${folder}/${name}_nhipol.c)
  add_custom_command(
    OUTPUT ${source}
    COMMAND ${NHIPOL_CC} -n ${name} -o ${folder} ${wasm}
    DEPENDS ${wasm} ${NHIPOL_CC}
    COMMENT "Translating ${wasm}"
    VERBATIM)
  add_library(${target} STATIC ${source})
  target_compile_options(${target} PRIVATE -w -O3)
  target_include_directories(${target} PRIVATE ${folder})
  target_link_libraries(${target} PUBLIC nhipol::nhipol)
endfunction()

function(nhipol_library target wasm name)
  set(library ${CMAKE_CURRENT_BINARY_DIR}/libnhipol_${name}.so)
  add_custom_command(
    OUTPUT ${library}
    COMMAND ${CMAKE_COMMAND} -E env CC=${CMAKE_C_COMPILER} NHIPOL_CFLAGS=-O3 NHIPOL_LIB=$<TARGET_FILE:nhipol::nhipol>
            ${NHIPOL_CC} -s ${library} ${wasm}
    DEPENDS ${wasm} ${NHIPOL_CC} nhipol::nhipol
    COMMENT "Translating ${wasm}"
    VERBATIM)
  add_custom_target(${target} ALL DEPENDS ${library})
  set_target_properties(${target} PROPERTIES NHIPOL_LIBRARY ${library})
endfunction()
