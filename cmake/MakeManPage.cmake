# cmake -D LOWDOWN=… -D SOURCE=….md -D RELEASE=… -D PAGE=….1 -P MakeManPage.cmake
execute_process(
  COMMAND ${LOWDOWN} -s -Tman --nroff-nolinks -M source=${RELEASE} ${SOURCE}
  OUTPUT_VARIABLE page COMMAND_ERROR_IS_FATAL ANY)
# In the tables of options, the second column takes all of the remaining width.
string(REPLACE "tab(|) expand allbox;\nlb lb\nl l." "tab(|) allbox;\nlb lbx\nl lx." page "${page}")
file(WRITE ${PAGE} "${page}")
