# nhipol_policy(TARGET WASM NAME): a library of a policy's module, translated by wasm2c. What links it has the table
# `nhipol_module_NAME`.
set(NHIPOL_CC ${CMAKE_CURRENT_LIST_DIR}/../nhipol-cc CACHE INTERNAL "What translates modules")

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
  target_link_libraries(${target} PUBLIC nhipol)
endfunction()
